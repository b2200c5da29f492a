import type { HostId, Millis, SessionId, TerminalId } from '../protocol/ids';
import type { ResurrectPolicy, SessionKind } from '../protocol/model';

/** A session as it is kept; its state is that of its terminals. */
export interface SessionRow {
  readonly id: SessionId;
  /** Unique among all sessions. */
  readonly name: string;
  readonly group: string | null;
  readonly tags: readonly string[];
  readonly note: string | null;
  /** The id of a codicon. */
  readonly icon: string | null;
  /** The id of a theme's colour. */
  readonly color: string | null;
  readonly kind: SessionKind;
  /** Milliseconds after which an ephemeral session ends by itself. */
  readonly ttlMs: number | null;
  readonly cwd: string;
  readonly workspace: string | null;
  readonly template: string | null;
  readonly resurrect: ResurrectPolicy;
  /** Whether somebody has been asked what to do about its latest loss, and has answered. */
  readonly lossAnswered: boolean;
  readonly pinned: boolean;
  /** Nobody is to be notified of what happens in it. */
  readonly quiet: boolean;
  /** Its place in its group, where somebody has put it there; null where nobody has. */
  readonly position: number | null;
  /** The place of its group among the groups; the same for all of one. */
  readonly groupPosition: number | null;
  readonly createdAt: Millis;
  readonly lastAttachedAt: Millis | null;
  readonly lastUsedAt: Millis;
}

/** A command as it is kept, of a shell with integration. */
export interface CommandRow {
  readonly session: SessionId;
  readonly terminal: TerminalId;
  /** Which prompt of its terminal it was entered at. */
  readonly number: number;
  /** Null for one that is not stored: its shell keeps it out of its own history. */
  readonly line: string | null;
  readonly cwd: string | null;
  /** Null while it runs, and when it is not known. */
  readonly exitCode: number | null;
  readonly startedAt: Millis;
  /** Null while it runs, and when its end was not seen. */
  readonly endedAt: Millis | null;
}

/** A terminal as it is kept. */
export interface TerminalRow {
  readonly id: TerminalId;
  readonly session: SessionId;
  /** Unique within its session. */
  readonly name: string;
  /** Its place among the session's terminals. */
  readonly position: number;
  /** As asked for; empty for the login shell. */
  readonly command: readonly string[];
  readonly executable: string;
  readonly args: readonly string[];
  /** What starting again needs; names that look like secrets are left out when it is stored. */
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly cols: number;
  readonly rows: number;
  readonly host: HostId | null;
  readonly pid: number | null;
  /** Start time of `pid` in the platform's own unit, so that a reused pid is recognised. */
  readonly startTime: string | null;
  readonly state: 'running' | 'exited' | 'lost';
  readonly exitCode: number | null;
  /** The signal's name, such as `SIGKILL`. */
  readonly signal: string | null;
  readonly createdAt: Millis;
  readonly exitedAt: Millis | null;
  /** The journal offset its latest program began at. */
  readonly base: number;
  readonly title: string;
  /** The folder that a program has told last. */
  readonly lastCwd: string | null;
  /** The folder that the system has last seen the foreground program in. */
  readonly seenCwd: string | null;
  /** The shell that runs in the program's place since a resurrection; null when the program itself does. */
  readonly standIn: readonly string[] | null;
  /** When it was last resurrected with nobody asking for it. */
  readonly resurrectedAt: Millis | null;
  /** Whether a shell in it is to be started with shell integration. */
  readonly shellIntegration: boolean;
  /** What its shells say with each of their marks; null where it is of a build without shell integration. */
  readonly shellNonce: string | null;
  /** Whether the shell that runs has said so. */
  readonly isIntegrated: boolean;
}

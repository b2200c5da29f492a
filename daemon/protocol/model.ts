import type { HostId, Millis, SessionId, TerminalId, ViewerId } from './ids';

/**
 * `running`; `exited`: the program ended; `lost`: the machine or the PTY host is known to have died;
 * `unreachable`: the PTY host may live but does not answer, so nothing is assumed.
 */
export type TerminalState = 'running' | 'exited' | 'lost' | 'unreachable';
export type SessionKind = 'persistent' | 'ephemeral';
/** What may be started again after a loss. */
export type ResurrectPolicy = 'never' | 'ask' | 'shell' | 'program';

/**
 * What becomes of a loss. `coming-back`: the daemon starts it again by itself; `unanswered`: a person is to be asked;
 * `answered`: one was; `left-alone`: nobody is, for the session is ephemeral or its policy is `never`.
 */
export type LossState = 'coming-back' | 'unanswered' | 'answered' | 'left-alone';

/** A command that is running in a shell. */
export interface CurrentCommand {
  /** The line as it was entered; null when the shell keeps it out of its own history. */
  readonly command: string | null;
  readonly startedAt: Millis;
}

/**
 * What a program waits for, by its terminal's line discipline: a line that is typed, or, with the echo off, a secret. Programs
 * that take single keys (editors, shells at their prompts) wait for nothing in particular.
 */
export type Waiting = 'input' | 'password';

/** Why somebody should look: `failed` is a program's end, with another status than 0 or by a signal that nobody sends. */
export type AttentionReason = 'bell' | 'command-finished' | 'failed' | Waiting;

/** Something that has happened in a terminal since somebody looked at it last. */
export interface Attention {
  readonly reason: AttentionReason;
  readonly since: Millis;
  /** Of `command-finished`: its line, null where the shell keeps it to itself, and how long it took. */
  readonly command?: string | null;
  readonly durationMs?: number;
  /** Of `command-finished` and `failed`. */
  readonly exitCode?: number | null;
  /** Of `failed`. */
  readonly signal?: string | null;
}

/** A terminal, as every client sees it. */
export interface TerminalInfo {
  readonly id: TerminalId;
  readonly name: string;
  /** The program and its arguments as they were asked for. */
  readonly command: readonly string[];
  readonly pid: number | null;
  readonly state: TerminalState;
  readonly exitCode: number | null;
  /** The signal's name that ended the program, such as `SIGKILL`. */
  readonly signal: string | null;
  readonly createdAt: Millis;
  readonly exitedAt: Millis | null;
  readonly cols: number;
  readonly rows: number;
  /** The folder the program is in as far as it is known, else the one it was started in. */
  readonly cwd: string;
  readonly title: string;
  /** The name of the program in the foreground, or null when it is not known. */
  readonly foreground: string | null;
  /** Milliseconds since the program last wrote. */
  readonly idleMs: number;
  readonly viewers: number;
  /** `active` once its shell has said that it is integrated; then its commands are known. */
  readonly integration: 'active' | 'none';
  /** What its shell runs, as far as it tells; null when nothing does. Absent where the daemon is of an earlier build. */
  readonly currentCommand?: CurrentCommand | null;
  /** Of the command that its shell has run last; null when there is none or it is not known. */
  readonly lastExitCode?: number | null;
  /** What its program waits for; null when for nothing, absent where that can't be known. */
  readonly waiting?: Waiting | null;
  /** The oldest first, each reason once. Absent where the daemon is of an earlier build. */
  readonly attention?: readonly Attention[];
  /** What it printed has ended each worker that drew its screen: it runs, and only its output can be seen. */
  readonly screenSetAside?: true;
}

/** A session, as every client sees it. */
export interface SessionInfo {
  readonly id: SessionId;
  readonly name: string;
  readonly state: TerminalState;
  readonly group: string | null;
  readonly tags: readonly string[];
  readonly note: string | null;
  /** The id of the codicon that shows it, and of the theme's colour; null where nobody has chosen. Absent where the daemon is of an earlier build. */
  readonly icon?: string | null;
  readonly color?: string | null;
  readonly kind: SessionKind;
  readonly cwd: string;
  readonly workspace: string | null;
  readonly template: string | null;
  readonly resurrect: ResurrectPolicy;
  /** Null when nothing of it is lost; absent where the daemon is of an earlier build. */
  readonly loss?: LossState | null;
  readonly pinned: boolean;
  /** Nobody is to be notified of it; absent where the daemon is of an earlier build. */
  readonly quiet?: boolean;
  /**
   * Its place among the sessions of its group, or of none, as somebody has put it; null where nobody has: then it comes
   * behind those that have one. Absent where the daemon is of an earlier build.
   */
  readonly position?: number | null;
  /** The place of its group among the groups, as somebody has put it; null where nobody has, and in no group. Absent where the daemon is of an earlier build. */
  readonly groupPosition?: number | null;
  readonly createdAt: Millis;
  readonly lastAttachedAt: Millis | null;
  /** How many commands its history has. */
  readonly commandCount: number;
  readonly viewers: number;
  readonly terminals: readonly TerminalInfo[];
}

export type ViewerMode = 'interactive' | 'read-only';

/**
 * Whose size a terminal has: the `active` viewer's, the one that typed, was focused, resized or attached last; or,
 * as long as an interactive viewer asks for it, the `smallest` of all interactive viewers' columns and rows.
 */
export type SizeRule = 'active' | 'smallest';

/** Who is looking at a terminal. */
export interface ViewerInfo {
  readonly id: ViewerId;
  readonly mode: ViewerMode;
  /** Free text for people: `vscode`, `cli`, … */
  readonly client: string;
  /** The client's process; absent where the PTY host is of a build that does not keep it. */
  readonly pid?: number;
  readonly cols: number;
  readonly rows: number;
  readonly attachedAt: Millis;
  /** Whether this viewer was active last: its size is in force, unless one asks for the smallest. */
  readonly active: boolean;
}

/** What a running terminal costs; sums over its processes, null where the platform does not tell. */
export interface ResourceUse {
  readonly processes: number | null;
  readonly rssBytes: number | null;
  readonly cpuMs: number | null;
}

export interface PtyHostInfo {
  readonly id: HostId;
  readonly pid: number;
  readonly version: string;
  readonly terminals: number;
  readonly reachable: boolean;
  /** It answers, and speaks no protocol that the daemon speaks: its programs run on, and only another Holdfast can serve them. */
  readonly otherProtocol?: OtherProtocol;
}

/** Whose protocols are all newer than the daemon's, or all older. */
export type OtherProtocol = 'newer' | 'older';

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

export const isSameSize = (a: Size, b: Size): boolean => a.cols === b.cols && a.rows === b.rows;

/** Whether not all of `of` fits into `size`. */
export const isSmaller = (size: Size, of: Size): boolean => size.cols < of.cols || size.rows < of.rows;

/** Bounds of a terminal's size: below, emulators misbehave; above, one screen would cost 100 MB. */
export const MIN_COLS = 2;
export const MAX_COLS = 2000;
export const MIN_ROWS = 1;
export const MAX_ROWS = 1000;
export const DEFAULT_SIZE: Size = { cols: 80, rows: 24 };

export const isSize = (cols: number, rows: number): boolean =>
  Number.isInteger(cols) &&
  Number.isInteger(rows) &&
  cols >= MIN_COLS &&
  cols <= MAX_COLS &&
  rows >= MIN_ROWS &&
  rows <= MAX_ROWS;

/** The name of every session's first terminal. */
export const MAIN_TERMINAL = 'main';

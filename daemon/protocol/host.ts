import type { HostId, Millis, Offset, SessionId, TerminalId, Ticket, ViewerId } from './ids';
import { notification, request } from './message';
import type { Size, SizeRule, ViewerInfo, ViewerMode, Waiting } from './model';

/**
 * What a PTY host serves to daemons, over a control connection to its own socket (same hello, its own
 * token). It outlives daemons, so nothing here may change its meaning; HostEnd is frozen for ever.
 */

/** How long a ticket may wait to be used. */
export const TICKET_TTL_MS = 30_000;
/** Size of a terminal's ring file. */
export const JOURNAL_BYTES = 8 * 1024 * 1024;
/** With no mirror for this long, a full journal wraps instead of pausing the program. */
export const MIRROR_ABSENT_MS = 5000;

export interface HostTerminal {
  readonly id: TerminalId;
  readonly session: SessionId;
  readonly pid: number;
  /** Start time of `pid` in the platform's own unit, so that a reused pid is recognised. */
  readonly startTime: string | null;
  readonly size: Size;
  /** The newest byte. */
  readonly head: Offset;
  /** The oldest byte the journal still holds. */
  readonly tail: Offset;
  readonly answeredUpTo: Offset;
  readonly createdAt: Millis;
  readonly lastOutputAt: Millis;
  readonly exit: HostExit | null;
  readonly viewers: readonly ViewerInfo[];
  /** The name of the foreground process group's leader, where the platform tells. */
  readonly foreground: string | null;
  /** The slave's device path on Unix, else null. */
  readonly ptsName: string | null;
  /** What its program waits for; null when for nothing, absent where that can't be known. */
  readonly waiting?: Waiting | null;
}

export interface HostExit {
  readonly exitCode: number;
  /** 0 when it was not a signal. */
  readonly signal: number;
  readonly at: Millis;
}

export namespace HostStatus {
  export type Params = Record<string, never>;
  export interface Result {
    readonly id: HostId;
    readonly pid: number;
    readonly version: string;
    readonly terminals: readonly HostTerminal[];
  }
  export const type = request<Params, Result>('host/status');
}

/** What changes all the time about a terminal. */
export interface TerminalActivity {
  readonly id: TerminalId;
  readonly pid: number;
  readonly lastOutputAt: Millis;
  /** As in `HostTerminal`. Of a terminal that has long been silent it may be of some calls ago where there are hundreds. */
  readonly foreground: string | null;
  readonly ended: boolean;
}

export namespace HostActivity {
  export interface Params {
    /** `upTo` of the answer before, from the same PTY host; 0 at first. */
    readonly since: number;
  }
  export interface Result {
    readonly upTo: number;
    /** Terminals whose program has not ended. */
    readonly running: number;
    /** Those of which something has changed since. */
    readonly terminals: readonly TerminalActivity[];
  }
  export const type = request<Params, Result>('host/activity');
}

/** How to start a daemon again; registered by each daemon once it serves. */
export interface LaunchLine {
  readonly executable: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export namespace HostRegister {
  /** The caller is the daemon: the PTY host restarts it should this connection break without HostRelease. */
  export interface Params {
    readonly launch: LaunchLine;
  }
  export type Result = Record<string, never>;
  export const type = request<Params, Result>('host/register');
}

export namespace HostRelease {
  /** The daemon leaves on purpose; `stop`: nothing is to be restarted, and an empty PTY host leaves too. */
  export interface Params {
    readonly reason: 'replace' | 'stop';
  }
  export type Result = Record<string, never>;
  export const type = request<Params, Result>('host/release');
}

export namespace HostSpawn {
  export interface Params {
    readonly terminal: TerminalId;
    readonly session: SessionId;
    readonly executable: string;
    readonly args: readonly string[];
    readonly cwd: string;
    /** The program's complete environment. */
    readonly environment: Readonly<Record<string, string>>;
    readonly size: Size;
    /** Absolute path of the journal's ring file; created, or continued at `base` when it exists. */
    readonly journal: string;
    /** Offset of the first byte to come: a restarted program's output goes on from the old one's. */
    readonly base: Offset;
  }
  export interface Result {
    readonly pid: number;
    readonly startTime: string | null;
    readonly ptsName: string | null;
    /** There where it can be known what the program waits for. */
    readonly waiting?: null;
  }
  /** @throws SPAWN_FAILED, SESSION_LIMIT (no PTY to be had) */
  export const type = request<Params, Result>('host/spawn');
}

export namespace HostTicket {
  export interface Params {
    readonly terminal: TerminalId;
    /** `mirror` is the daemon's own reader: it covers and answers, and is not in the table of viewers. */
    readonly mode: ViewerMode | 'mirror';
    readonly client: string;
    /** The client's process. */
    readonly pid?: number;
    readonly size?: Size;
    /** `active` unless given. */
    readonly sizing?: SizeRule;
    /** Where the stream begins. */
    readonly from: Offset;
  }
  export interface Result {
    readonly ticket: Ticket;
  }
  export const type = request<Params, Result>('host/ticket');
}

export namespace HostRevoke {
  export interface Params {
    readonly viewers: readonly ViewerId[];
    /** Tickets for these that no viewer has used yet are void too; PTY hosts of the first builds leave them to expire. */
    readonly tickets?: readonly TerminalId[];
    readonly reason: string;
  }
  export interface Result {
    readonly revoked: number;
  }
  export const type = request<Params, Result>('host/revoke');
}

export namespace HostWrite {
  export interface Params {
    readonly terminal: TerminalId;
    /** base64 */
    readonly data: string;
  }
  export interface Result {
    readonly bytes: number;
  }
  /** Input that comes from no viewer (`type`, `key`). Answers once the PTY has taken it. @throws SESSION_EXITED */
  export const type = request<Params, Result>('host/write');
}

export namespace HostResize {
  export interface Params {
    readonly terminal: TerminalId;
    readonly size: Size;
    /** A viewer of that size is about to come and be the active one: what it brings into force is set. */
    readonly viewer?: { readonly sizing: SizeRule };
  }
  export interface Result {
    /** The journal offset at which it took effect. */
    readonly offset: Offset;
    /** The size that is in force now; absent from PTY hosts of the first builds, which set what was asked for. */
    readonly size?: Size;
  }
  export const type = request<Params, Result>('host/resize');
}

export namespace HostSync {
  export interface Params {
    readonly terminal: TerminalId;
    /** For whom a ticket is wanted as well, for a stream that begins at `head`; PTY hosts of the first builds give none. */
    readonly ticket?: Omit<HostTicket.Params, 'terminal' | 'from'>;
  }
  export interface Result {
    /** Everything readable from the program when the call came in is in the journal before this. */
    readonly head: Offset;
    readonly ticket?: Ticket;
  }
  export const type = request<Params, Result>('host/sync');
}

export namespace HostRead {
  export interface Params {
    readonly terminal: TerminalId;
    readonly from: Offset;
    readonly to: Offset;
  }
  export interface Result {
    readonly from: Offset;
    /** base64; at most 4 MiB a call. */
    readonly data: string;
  }
  /** Raw output out of the journal, as far as it is still held. */
  export const type = request<Params, Result>('host/read');
}

export namespace HostEnd {
  export interface Params {
    readonly session: SessionId;
  }
  export interface Result {
    readonly ended: number;
  }
  /** End a session: SIGHUP to its programs' groups, SIGKILL 2 s later. Frozen: readable for ever. */
  export const type = request<Params, Result>('host/end');
}

export namespace HostForget {
  export interface Params {
    readonly terminal: TerminalId;
    /** Its output goes with it; PTY hosts of the first builds drop it in any case. */
    readonly isRemoved?: true;
  }
  export type Result = Record<string, never>;
  /**
   * The daemon has stored the exit; the PTY host drops its record of an ended terminal (not the file).
   * @throws STORE_ERROR, and nothing is dropped, while a full disk does not take the output that is in memory alone
   */
  export const type = request<Params, Result>('host/forget');
}

export namespace HostPing {
  export type Params = Record<string, never>;
  export type Result = Record<string, never>;
  /** Says that it answers, and nothing else; an older PTY host's refusal says so too. */
  export const type = request<Params, Result>('host/ping');
}

/** Sent to the registered daemon when a program ended and its output is drained. */
export namespace HostExited {
  export interface Params {
    readonly terminal: TerminalId;
    readonly exit: HostExit;
    readonly head: Offset;
  }
  export const type = notification<Params>('host/exited');
}

/** Sent to the registered daemon when a viewer came, left or became active, or the size in force changed. */
export namespace HostViewersChanged {
  export interface Params {
    readonly terminal: TerminalId;
    readonly viewers: readonly ViewerInfo[];
    readonly size: Size;
  }
  export const type = notification<Params>('host/viewers-changed');
}

/** Sent to the registered daemon when a program begins or ceases to wait for somebody to type. */
export namespace HostWaitingChanged {
  export interface Params {
    readonly terminal: TerminalId;
    /** As in `HostTerminal`. */
    readonly waiting?: Waiting | null;
  }
  export const type = notification<Params>('host/waiting-changed');
}

/** Sent to the registered daemon when a viewer has typed or has the terminal in focus; each second at most while it does. */
export namespace HostAttended {
  export interface Params {
    readonly terminal: TerminalId;
  }
  export const type = notification<Params>('host/attended');
}

/** What a PTY host writes to `hosts/<id>.json` in the data folder (0600), and again when it binds anew. */
export interface HostRecord {
  readonly id: HostId;
  readonly pid: number;
  readonly startTime: string | null;
  readonly socket: string;
  readonly token: string;
  /** Opens streams only, together with a ticket: what viewers are told. Absent in records of the first builds. */
  readonly streamToken?: string;
  readonly version: string;
  /** Names the content of the folder it runs from; absent in records of the first builds. */
  readonly buildId?: string;
  readonly protocol: { readonly min: number; readonly max: number };
}

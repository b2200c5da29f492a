import type { Millis } from './ids';
import { request } from './message';
import type { PtyHostInfo } from './model';
import type { SessionKill } from './sessions';

export namespace DaemonStatus {
  export type Params = Record<string, never>;
  export interface Result {
    readonly running: true;
    readonly pid: number;
    /** The PTY host new terminals go to, or null when none was needed yet. */
    readonly ptyHostPid: number | null;
    readonly ptyHosts: readonly PtyHostInfo[];
    readonly version: string;
    readonly protocol: number;
    readonly uptimeMs: number;
    /** Sessions that are running, lost or unreachable. */
    readonly sessions: number;
    readonly viewers: number;
    readonly rssBytes: number;
    readonly socket: string;
    readonly dataDir: string;
    readonly startedAt: Millis;
    readonly buildId: string;
    /** Whether it stays although nothing is left to do. */
    readonly keep: boolean;
  }
  export const type = request<Params, Result>('daemon/status');
}

export namespace DaemonShutdown {
  export interface Params {
    /**
     * `if-idle` leaves only when no program runs; `force` ends all programs first;
     * `replace` leaves under running programs, so that another daemon can take over.
     */
    readonly mode: 'if-idle' | 'force' | 'replace';
  }
  export interface Result {
    readonly pid: number;
    readonly killed: number;
    /** With `force`: processes that programs have left behind on purpose, or that could not be ended. Older daemons do not say. */
    readonly survivors?: readonly SessionKill.Survivor[];
    /** Whether it would have stayed: what takes its place should too. Absent from the first builds' answers. */
    readonly keep?: boolean;
  }
  /** Answers, then leaves; starts no program any more. @throws SESSIONS_RUNNING */
  export const type = request<Params, Result>('daemon/shutdown');
}

export namespace DaemonKeep {
  export interface Params {
    /** Stay although nothing is left to do. */
    readonly keep: boolean;
  }
  export type Result = Record<string, never>;
  export const type = request<Params, Result>('daemon/keep');
}

/** One line of `doctor`. */
export interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'error';
  readonly message: string;
  readonly suggestion?: string;
}

export namespace DaemonDiagnose {
  export type Params = Record<string, never>;
  export interface Result {
    readonly findings: readonly Finding[];
  }
  export const type = request<Params, Result>('daemon/diagnose');
}

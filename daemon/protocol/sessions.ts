import type { WireError } from './errors';
import type { SessionId, ViewerId } from './ids';
import { request } from './message';
import type {
  ResourceUse,
  ResurrectPolicy,
  SessionInfo,
  TerminalInfo,
  TerminalState,
  ViewerInfo,
} from './model';

/**
 * What a caller means by TARGET. The daemon resolves it: `text` is `SESSION` or `SESSION:TERMINAL`, where
 * SESSION is a name, an id, or a unique beginning of an id. Without `text`: `environment` (the caller's
 * HOLDFAST_SESSION), and, unless `explicit`, the session used last, then the only one.
 */
export interface Target {
  readonly text?: string;
  readonly environment?: string;
  /** For kill, rm and restart: never guess. */
  readonly explicit?: boolean;
}

/** What to start in a terminal. */
export interface ProgramSpec {
  /** Program and arguments; without it the user's login shell. */
  readonly command?: readonly string[];
  /** An absolute path; it must exist. */
  readonly cwd: string;
  /** The environment before Holdfast's own variables are added and unwanted ones removed. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables the user named one by one: they win over what Holdfast sets and removes, HOLDFAST_* excepted. */
  readonly added?: Readonly<Record<string, string>>;
  readonly cols?: number;
  readonly rows?: number;
  /** Start a bare known shell with shell integration; it is unless this is false. Builds that do not know it have none. */
  readonly shellIntegration?: boolean;
}

export namespace SessionCreate {
  export interface Params extends ProgramSpec {
    /** Without one: the folder's name, numbered if taken. */
    readonly name?: string;
    readonly group?: string;
    readonly tags?: readonly string[];
    readonly note?: string;
    /** The id of a codicon, such as `rocket`; an empty string is none. */
    readonly icon?: string;
    /** One of SESSION_COLORS; an empty string is none. */
    readonly color?: string;
    readonly workspace?: string;
    readonly ephemeral?: boolean;
    /** Milliseconds after which an ephemeral session ends by itself. */
    readonly ttlMs?: number;
    /** Return the session of that name, started again if it had ended. */
    readonly ensure?: boolean;
  }
  export interface Result {
    readonly session: SessionInfo;
    /** False when `ensure` found it running. */
    readonly created: boolean;
  }
  /** @throws INVALID_INPUT, INVALID_NAME, SESSION_EXISTS, CWD_NOT_FOUND, SPAWN_FAILED, SESSION_LIMIT */
  export const type = request<Params, Result>('session/create');
}

export namespace SessionList {
  export interface Params {
    /** Part of a name, group, tag, folder or command; case does not matter. */
    readonly filter?: string;
    readonly group?: string;
    readonly state?: TerminalState;
    /** Ended ones too. */
    readonly all?: boolean;
    /** As `sessionsBytes`, for who only hands them on. */
    readonly bytes?: boolean;
  }
  export interface Result {
    /** Empty where `sessionsBytes` is there. */
    readonly sessions: readonly SessionInfo[];
    /** The same as JSON text, UTF-8, which neither side parses. */
    readonly sessionsBytes?: Uint8Array;
  }
  /** In the order in which they were created; once people have arranged some, or groups, by groups and as they were put. */
  export const type = request<Params, Result>('session/list');
}

export namespace SessionShow {
  export interface Params {
    readonly target: Target;
  }
  export type Details = {
    readonly viewerList: readonly ViewerInfo[];
    readonly resources: ResourceUse;
  };
  /** `terminal` when TARGET named one, else `session`. */
  export type Result =
    | { readonly session: SessionInfo & Details; readonly terminal?: never }
    | { readonly terminal: TerminalInfo & Details; readonly session?: never };
  export const type = request<Params, Result>('session/show');
}

export namespace SessionRename {
  export interface Params {
    readonly target: Target;
    readonly name: string;
  }
  export interface Result {
    readonly session: SessionInfo;
  }
  /** Renames the session, or the terminal when TARGET names one. @throws INVALID_NAME, SESSION_EXISTS */
  export const type = request<Params, Result>('session/rename');
}

export namespace SessionSet {
  export interface Params {
    readonly target: Target;
    /** An empty string removes it. In another group a session has no place of its own yet. */
    readonly group?: string;
    readonly tags?: readonly string[];
    readonly note?: string;
    /** The id of a codicon, and one of SESSION_COLORS; an empty string is none. */
    readonly icon?: string;
    readonly color?: string;
    readonly pinned?: boolean;
    /** Nobody is to be notified of what happens in it. */
    readonly quiet?: boolean;
    readonly resurrect?: ResurrectPolicy;
  }
  export interface Result {
    readonly session: SessionInfo;
  }
  /** @throws INVALID_INPUT */
  export const type = request<Params, Result>('session/set');
}

export namespace SessionArrange {
  export interface Params {
    /** All of one group, or of none, in the order that they are to have; those that are gone meanwhile are left out. */
    readonly sessions: readonly SessionId[];
  }
  export type Result = Record<string, never>;
  /** Gives each its `position`, as one change: an order is kept as a whole or not at all. */
  export const type = request<Params, Result>('session/arrange');
}

export namespace SessionArrangeGroups {
  export interface Params {
    /** All groups in the order that they are to have; those that have no session are left out. */
    readonly groups: readonly string[];
  }
  export type Result = Record<string, never>;
  /** Gives each session of these its `groupPosition`, as one change. @since the build that orders groups */
  export const type = request<Params, Result>('session/arrange-groups');
}

export namespace SessionKill {
  export interface Params {
    readonly target: Target;
    /** The first signal, such as `SIGINT`; SIGHUP unless given. TERM, then KILL follow. */
    readonly signal?: string;
    /** Milliseconds each signal is given before the next one. */
    readonly graceMs?: number;
  }
  export interface Survivor {
    readonly pid: number;
    readonly command: string;
  }
  export interface Result {
    /** How many terminals' programs were ended. */
    readonly killed: number;
    readonly survivors: readonly Survivor[];
  }
  export const type = request<Params, Result>('session/kill');
}

export namespace SessionRemove {
  export interface Params {
    readonly target: Target;
    readonly force?: boolean;
  }
  export interface Result {
    readonly removed: string;
  }
  /** @throws SESSION_RUNNING, VIEWERS_ATTACHED unless forced */
  export const type = request<Params, Result>('session/remove');
}

export namespace SessionRestart {
  export interface Params {
    readonly target: Target;
    /** Do nothing where it runs. */
    readonly unlessRunning?: boolean;
    /**
     * Start this from now on, in the terminal that TARGET names, else in the session's first; its size stays. Builds that
     * do not know it start the same program again.
     */
    readonly program?: ProgramSpec;
    /** Begin on an empty screen: what was shown before is forgotten. */
    readonly clear?: boolean;
  }
  export interface Result {
    readonly session: SessionInfo;
  }
  /**
   * The same program again in the same place, under the old screen; a running one is ended first.
   * @throws CWD_NOT_FOUND, SPAWN_FAILED, SESSION_LIMIT, SESSION_UNREACHABLE
   */
  export const type = request<Params, Result>('session/restart');
}

export namespace SessionResurrect {
  export interface Params {
    readonly target: Target;
    /** The program that ran, where it was started; else a shell in the last folder that is known. */
    readonly run?: boolean;
  }
  export interface Result {
    readonly session: SessionInfo;
  }
  /**
   * Starts what was lost with its PTY host or the machine, under the old screen; what else the session has stays as it is.
   * @throws SESSION_RUNNING, SESSION_EXITED, SESSION_UNREACHABLE when nothing is known to be lost; RESURRECT_NEVER;
   * CWD_NOT_FOUND, SPAWN_FAILED, SESSION_LIMIT
   */
  export const type = request<Params, Result>('session/resurrect');
}

export namespace SessionResurrectAll {
  export interface Params {
    readonly run?: boolean;
  }
  export interface Failure {
    /** The session's name. */
    readonly session: string;
    readonly error: WireError;
  }
  export interface Result {
    readonly sessions: readonly SessionInfo[];
    readonly failed: readonly Failure[];
    /** Names of those whose policy is `never`, which stay lost. */
    readonly leftAlone?: readonly string[];
  }
  /** Every session that lost something, but ephemeral ones and those whose policy is `never`. */
  export const type = request<Params, Result>('session/resurrect-all');
}

export namespace SessionOfferLost {
  export type Params = Record<string, never>;
  export interface Result {
    readonly sessions: readonly SessionInfo[];
  }
  /**
   * Hands the sessions whose `loss` is `unanswered`, and that no other client asks about, to this one: it asks a
   * person, until it tells of the answer or its connection ends.
   */
  export const type = request<Params, Result>('session/offer-lost');
}

export namespace SessionLossAnswered {
  export interface Params {
    readonly sessions: readonly SessionId[];
  }
  export type Result = Record<string, never>;
  /** A person has answered, whatever it was: nobody is asked about these losses again. */
  export const type = request<Params, Result>('session/loss-answered');
}

export namespace SessionDetach {
  export interface Params {
    readonly target: Target;
    readonly viewer?: ViewerId;
    /** All viewers of all sessions. */
    readonly all?: boolean;
  }
  export interface Result {
    readonly detached: number;
  }
  export const type = request<Params, Result>('session/detach');
}

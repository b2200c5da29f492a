import type { Millis, SessionId, TerminalId, ViewerId } from './ids';
import { notification, request } from './message';
import type { SessionInfo } from './model';

export type EventName =
  | 'session-created'
  | 'session-changed'
  | 'session-removed'
  | 'terminal-started'
  | 'terminal-changed'
  | 'terminal-exited'
  | 'terminal-lost'
  | 'terminal-unreachable'
  | 'viewer-attached'
  | 'viewer-detached'
  | 'command-started'
  | 'command-finished'
  | 'bell'
  | 'attention'
  | 'gap'
  | 'daemon-started'
  | 'daemon-stopping';

/**
 * Something that happened. Kept in the store, newest last, up to a limit of age and count; `command-started` and
 * `command-finished` are told only: `session/history` has the commands. So is `attention`, with an `Attention` as its details:
 * `TerminalInfo` has what is pending. `bell` is told each second at most, and kept each minute at most.
 */
export interface HoldfastEvent {
  readonly time: Millis;
  readonly event: EventName;
  readonly session?: SessionId;
  readonly terminal?: TerminalId;
  /** The session's name at that time. */
  readonly name?: string;
  readonly viewer?: ViewerId;
  readonly exitCode?: number | null;
  readonly signal?: string | null;
  readonly details?: Readonly<Record<string, unknown>>;
}

export namespace EventsList {
  export interface Params {
    readonly session?: SessionId;
    readonly limit?: number;
  }
  export interface Result {
    readonly events: readonly HoldfastEvent[];
  }
  export const type = request<Params, Result>('events/list');
}

export namespace EventsSubscribe {
  export interface Params {
    readonly events?: boolean;
    /** Whole `SessionInfo`s when they change: what a tree view needs. */
    readonly sessions?: boolean;
    /** The same of these sessions alone: what a viewer needs. */
    readonly of?: readonly SessionId[];
  }
  export interface Result {
    /** The state the changes start from, when `sessions` was asked for (ended ones included). */
    readonly sessions: readonly SessionInfo[];
  }
  export const type = request<Params, Result>('events/subscribe');
}

export namespace EventHappened {
  export type Params = HoldfastEvent;
  export const type = notification<Params>('events/happened');
}

export namespace SessionsChanged {
  export interface Params {
    readonly changed: readonly SessionInfo[];
    readonly removed: readonly SessionId[];
  }
  /** Coalesced: at most one each 100 ms (SESSIONS_CHANGED_INTERVAL_MS). */
  export const type = notification<Params>('sessions/changed');
}

export const SESSIONS_CHANGED_INTERVAL_MS = 100;

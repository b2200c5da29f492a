import type { SessionId, TerminalId } from './ids';
import { request } from './message';
import type { AttentionReason } from './model';

export namespace TerminalWatch {
  export interface Params {
    /** Null: none. */
    readonly terminal: TerminalId | null;
  }
  export type Result = Record<string, never>;
  /**
   * Which terminal this client shows to somebody who looks at it, until it says otherwise or its connection ends: what was
   * pending there has been seen, and what happens there is.
   */
  export const type = request<Params, Result>('terminal/watch');
}

export namespace SessionClaimNotice {
  export interface Params {
    readonly session: SessionId;
    readonly reason: AttentionReason;
  }
  export interface Result {
    /** Whether this client is the one that notifies a person. */
    readonly granted: boolean;
  }
  /**
   * One client notifies of a session and reason, and once, until somebody has looked: the first one that asks while the reason
   * is pending, unless the session is `quiet`. Sessions that are gone are no error.
   */
  export const type = request<Params, Result>('session/claim-notice');
}

import type { Millis } from './ids';
import { request } from './message';
import type { Target } from './sessions';
import type { TerminalSnapshot } from './terminals';

/** What may be waited for; each of them may become true first. */
export type WaitCondition =
  /** Text within a line, as people read it: rows that wrap are one line. */
  | { readonly kind: 'text'; readonly text: string }
  /** A regular expression of RE2, without backtracking. `^` and `$` are a line's, and lines end with `\n`. */
  | { readonly kind: 'regex'; readonly regex: string }
  /** A text that is not on the screen, or no longer. */
  | { readonly kind: 'gone'; readonly text: string }
  /** Anything visible, since this revision. */
  | { readonly kind: 'change'; readonly revision: string }
  /** The program has written nothing for so long, within the wait. */
  | { readonly kind: 'idle'; readonly ms: Millis }
  /** Nothing visible has changed for so long, within the wait. */
  | { readonly kind: 'settle'; readonly ms: Millis }
  /** The shell is at its prompt, behind what was typed last. Shells with integration only. */
  | { readonly kind: 'prompt' }
  /** A command has ended: the one that was typed last, or the next one. Shells with integration only. */
  | { readonly kind: 'command' }
  | { readonly kind: 'exit' }
  | { readonly kind: 'bell' }
  /** The program waits for a line or a secret, by its terminal's line discipline. Linux only. */
  | { readonly kind: 'input' };
export type WaitKind = WaitCondition['kind'];

/** What has met a condition. */
export interface WaitMatch {
  /** What was found; of `command` the command line, of `input` what is waited for. */
  readonly text?: string | null;
  /** Of a text that is on the screen: from its top left, counted from 0. Absent where it has scrolled away. */
  readonly row?: number;
  readonly col?: number;
  /** Of `command`. */
  readonly exitCode?: number | null;
  readonly durationMs?: Millis | null;
}

export type WaitOutcome = 'matched' | 'exited' | 'timeout';

/** Of a wait at once; more would be a program of its own. */
export const MAX_CONDITIONS = 32;
/** UTF-16 units of a text or a regular expression. */
export const MAX_PATTERN_LENGTH = 4096;
export const DEFAULT_WAIT_MS = 30_000;
/** A day: whoever waits longer asks again. */
export const MAX_WAIT_MS = 86_400_000;

export namespace TerminalWait {
  export interface Params {
    readonly target: Target;
    /** At least one. The first that is true counts; of several at once, the one that stands first. */
    readonly conditions: readonly WaitCondition[];
    /**
     * A revision: what was on the screen then is no match, nor is the echo of what has been typed since. Without it, what is
     * on the screen already counts. What scrolls away meanwhile counts in any case.
     */
    readonly since?: string;
    /** DEFAULT_WAIT_MS unless given. */
    readonly timeoutMs?: Millis;
  }
  export interface Result {
    readonly session: string;
    readonly terminal: string;
    /** `exited`: the program ended, and what was waited for can't come any more. */
    readonly outcome: WaitOutcome;
    /** Which condition was met, and its kind; null where none was. */
    readonly index: number | null;
    readonly condition: WaitKind | null;
    readonly matched?: WaitMatch;
    readonly elapsedMs: Millis;
    /** Of `screen`. */
    readonly revision: string;
    readonly exit?: TerminalSnapshot.Result['exit'];
    /** The screen as it is then. */
    readonly screen: TerminalSnapshot.Result;
  }
  /**
   * Ends with the first condition that is met, when the program ends, or at the deadline.
   * @throws INVALID_INPUT, INTEGRATION_UNAVAILABLE, SESSION_NOT_FOUND, SESSION_UNREACHABLE
   */
  export const type = request<Params, Result>('terminal/wait');
}

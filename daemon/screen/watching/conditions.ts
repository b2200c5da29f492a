import type { Offset, TerminalId } from '../../protocol/ids';
import type { WaitCondition, WaitMatch } from '../../protocol/waits';

/** Those that a terminal's output alone decides. */
export type ScreenCondition = Extract<
  WaitCondition,
  { readonly kind: 'text' | 'regex' | 'gone' | 'change' | 'idle' | 'settle' | 'prompt' | 'bell' }
>;

export interface WatchParams {
  readonly terminal: TerminalId;
  /** The caller's; it cancels by it. */
  readonly watch: number;
  readonly conditions: readonly ScreenCondition[];
  /** A revision: what was on the screen then does not count. */
  readonly since?: string;
  /** Lines typed since, whose echo does not count. */
  readonly typed: readonly string[];
  /** Bells that rang, and prompts that were drawn, up to here do not count. */
  readonly bellsAfter: Offset;
  readonly promptsAfter: Offset;
  /** Nothing is looked at before the mirror has come so far. */
  readonly atLeast?: Offset;
}

/** The first of `conditions` that is met; undefined: nothing more will come of the terminal, or the watch was cancelled. */
export type WatchResult = { readonly index: number; readonly match: WaitMatch } | undefined;

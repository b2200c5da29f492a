import type { WireError } from '../protocol/errors';
import type { Hello } from '../protocol/hello';
import type { Millis, Offset, TerminalId } from '../protocol/ids';
import type { Size } from '../protocol/model';
import type { MouseGesture, MousePlace } from '../protocol/mouse';
import type { StreamAddress, TerminalSnapshot, ThemeColors } from '../protocol/terminals';
import type { ShellMark } from './shellMarks';
import type { WatchParams, WatchResult } from './watching/conditions';

/** What a worker is started with. */
export interface WorkerSettings {
  readonly historiesFolder: string;
  readonly keyframesFolder: string;
  readonly scrollbackLimit: number;
  /** Of each file of a history; SEGMENT_BYTES unless told otherwise. */
  readonly historySegmentBytes?: number;
  /** After how long without need a mirror sleeps; SLEEP_AFTER_MS unless told otherwise. */
  readonly sleepAfterMs?: number;
  /** The last colours a viewer told: those of terminals nobody has looked at yet. */
  readonly theme?: ThemeColors;
  /** Where the worker writes down which terminal it is at work for. */
  readonly workNote?: SharedArrayBuffer;
  readonly client: Hello['client'];
}

/** How much of a screen is asked for: see TerminalSnapshot. */
export type WantedScreen = Pick<TerminalSnapshot.Params, 'scrollback' | 'drawn' | 'format' | 'styles'>;

export type ScreenParts = Pick<
  TerminalSnapshot.Result,
  | 'revision'
  | 'textHash'
  | 'size'
  | 'cursor'
  | 'buffer'
  | 'title'
  | 'modes'
  | 'lines'
  | 'drawn'
  | 'rendered'
  | 'styles'
> & { readonly offset: Offset };

export interface ScreenState {
  readonly terminal: TerminalId;
  readonly title: string;
  /** From OSC 7 or OSC 633 ; P ; Cwd. */
  readonly cwd: string | null;
  readonly lastOutputAt: Millis;
}

export interface SnapshotResult {
  /** UTF-8 */
  readonly snapshot: Uint8Array;
  readonly continuation: Buffer;
  readonly offset: Offset;
  readonly size: Size;
}

/** Calls to the worker, by name. */
export interface WorkerCalls {
  follow: {
    params: { terminal: TerminalId; size: Size; nonce?: string; journal?: string };
    result: undefined;
  };
  snapshot: {
    params: { terminal: TerminalId; history?: number; room?: Size; atLeast?: Offset; timeoutMs?: number };
    result: { snapshot: Uint8Array; continuation: Uint8Array; offset: Offset; size: Size };
  };
  screen: {
    params: WantedScreen & { terminal: TerminalId; atLeast?: Offset };
    result: ScreenParts;
  };
  encodeKeys: {
    params: { terminal: TerminalId; keys: readonly string[]; atLeast?: Offset };
    result: readonly Uint8Array[];
  };
  encodeMouse: {
    params: { terminal: TerminalId; gesture: MouseGesture; atLeast?: Offset };
    result: { bytes: Uint8Array; place: MousePlace };
  };
  encodePaste: { params: { terminal: TerminalId; text: string; atLeast?: Offset }; result: Uint8Array };
  watch: { params: WatchParams; result: WatchResult };
  unwatch: { params: { watch: number }; result: undefined };
  setDefaultTheme: { params: { colors: ThemeColors }; result: undefined };
  setTheme: { params: { terminal: TerminalId; colors: ThemeColors }; result: undefined };
  restore: {
    params: { terminal: TerminalId; size: Size; journal: string; nonce?: string };
    result: undefined;
  };
  restartUnder: { params: { terminal: TerminalId; at: Offset; separator: string | null }; result: undefined };
  finish: { params: { terminal: TerminalId; atLeast?: Offset }; result: undefined };
  forget: { params: { terminal: TerminalId }; result: undefined };
}
export type CallName = keyof WorkerCalls;

export type ToWorker =
  | { readonly kind: 'call'; readonly id: number; readonly name: CallName; readonly params: unknown }
  | {
      readonly kind: 'connected';
      readonly id: number;
      readonly address?: StreamAddress;
      readonly error?: WireError;
    };

export type FromWorker =
  | { readonly kind: 'result'; readonly id: number; readonly result?: unknown; readonly error?: WireError }
  /** A mirror wants a stream; answered by `connected` with the same id. */
  | { readonly kind: 'connect'; readonly id: number; readonly terminal: TerminalId; readonly from: Offset }
  | { readonly kind: 'state'; readonly state: ScreenState }
  | { readonly kind: 'shell'; readonly terminal: TerminalId; readonly mark: ShellMark }
  | { readonly kind: 'bell'; readonly terminal: TerminalId }
  /** A broken file of a terminal's was set aside, and is there now. */
  | { readonly kind: 'setAside'; readonly terminal: TerminalId; readonly path: string }
  | { readonly kind: 'gap'; readonly terminal: TerminalId; readonly from: Offset; readonly to: Offset };

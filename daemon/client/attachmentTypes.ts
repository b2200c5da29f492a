import type { Event } from '../lifecycle/event';
import type { IDisposable } from '../lifecycle/lifecycle';
import type { Offset, SessionId, ViewerId } from '../protocol/ids';
import type { Size, TerminalInfo, TerminalState, ViewerMode } from '../protocol/model';
import type { TerminalAttach, ThemeColors } from '../protocol/terminals';

/**
 * Why a snapshot follows: the first one, one of those shown to a viewer that fell behind, the one that ends this, the one
 * after a broken stream, or one that was asked for.
 */
export type ResetReason = 'attach' | 'catch-up' | 'caught-up' | 'reattach' | 'redraw';

export interface AttachOptions extends TerminalAttach.Params {
  /**
   * `auto` (unless given): what was delivered counts as handled. `manual`: the consumer calls
   * `acknowledge` for every byte that `onData` gave it; it is sent no more than STREAM_WINDOW beyond that.
   */
  readonly flow?: 'auto' | 'manual';
  /**
   * So many bytes a `manual` consumer may leave unacknowledged until more come; 4096 unless given. One that fell behind
   * is made a screen when no more than that waits: with 0 it has taken the one before.
   */
  readonly restBytes?: number;
  /**
   * What must be written before a snapshot so that the emulator is empty, in its default state and of the
   * snapshot's size, whatever it showed before. It is delivered through `onData` in front of the snapshot.
   * Unless given: nothing for `attach`, RIS (`ESC c`, which also forgets the scrollback) for the others.
   */
  readonly reset?: (reason: ResetReason, size: Size) => string | Uint8Array;
  /**
   * Rows of scrollback in the snapshot that ends a flood, mends a broken stream or is drawn anew; `history` unless given.
   * The screens shown during a flood (`catch-up`) never carry scrollback. A function is asked before the snapshot is.
   */
  readonly resetHistory?: number | ((reason: ResetReason) => number | undefined);
  /** Leave terminal queries in the output: for consumers that are no emulator, such as a recorder. */
  readonly keepQueries?: boolean;
  /**
   * What a viewer gets that fell behind: `screens` (unless given) until the flood ends, as an emulator wants
   * it; `output` is all of it, late, as a program that reads wants it (see `onGap`).
   */
  readonly whenBehind?: 'screens' | 'output';
  /** Begin with the output at this offset, as far as it is kept, instead of with a snapshot. */
  readonly from?: Offset;
}

export interface AttachInfo {
  readonly session: SessionId;
  readonly sessionName: string;
  /** The terminal as it was when the attachment was made. */
  readonly terminal: TerminalInfo;
  /** The size in force when the attachment was made: the one of the first snapshot. */
  readonly size: Size;
}

/**
 * `live`: what is delivered is the output itself. `catching-up`: the program writes faster than this viewer
 * takes it; whole screens are delivered at a calm rate. `reconnecting`: the stream broke and is being
 * opened again. `ended`: nothing more will come (`onExit` or `onDetach` said why).
 */
export type AttachState = 'live' | 'catching-up' | 'reconnecting' | 'ended';

export interface ExitStatus {
  /** Null when a signal ended the program, or when it is not known. */
  readonly exitCode: number | null;
  /** The name of the signal that ended it, such as `SIGKILL`; null when none did, or it is not known. */
  readonly signal: string | null;
}

/** Output between these two offsets is gone. */
export interface Gap {
  readonly from: Offset;
  readonly to: Offset;
}

/**
 * `requested`: `detach` was called. `revoked`: the daemon sent this viewer away. `gone`: the terminal is
 * known to have died with its PTY host, or was removed. `closed`: the connection was closed for good.
 */
export type DetachKind = 'requested' | 'revoked' | 'gone' | 'closed';

export interface DetachReason {
  readonly kind: DetachKind;
  /** For people. */
  readonly message: string;
  /** Of `gone`: the state of the terminal, when the daemon knows it. */
  readonly state?: TerminalState;
}

/**
 * A viewer of one terminal. Add the listeners, then call `start`; nothing is delivered before it. Events
 * come in the order in which things happened to the terminal. After `onExit` or `onDetach`, one of which
 * comes last and once, nothing follows; an attachment to a terminal that is not running delivers its last
 * screen and ends.
 */
export interface Attachment extends IDisposable {
  readonly info: AttachInfo;
  readonly mode: ViewerMode;
  readonly state: AttachState;
  /** The viewer's id of the moment (a reopened stream has another), or undefined when there is no stream. */
  readonly viewer: ViewerId | undefined;
  /** How far the output was delivered. */
  readonly offset: Offset;
  /** Bytes for the emulator: first a snapshot, then the output behind it. UTF-8 may be split anywhere. */
  readonly onData: Event<Uint8Array>;
  /** The size in force changed (or is told, in front of each snapshot); what follows is meant for it. */
  readonly onResize: Event<Size>;
  /** With `whenBehind: 'output'` or `from`: bytes that are no longer kept were passed over. */
  readonly onGap: Event<Gap>;
  readonly onExit: Event<ExitStatus>;
  readonly onDetach: Event<DetachReason>;
  readonly onState: Event<AttachState>;
  /**
   * Whether the process that holds the terminal answers. While it hangs, nothing comes and what is written waits for it;
   * it goes on by itself.
   */
  readonly isReachable: boolean;
  readonly onDidChangeReachable: Event<boolean>;
  start(): void;
  /**
   * Sends input; a string goes as UTF-8. Dropped when read-only, ended, or while the stream is broken.
   * @returns whether it was sent.
   */
  write(data: string | Uint8Array): boolean;
  /** This viewer's size; the terminal follows the viewer that was active last. */
  resize(size: Size): void;
  /**
   * Delivers a fresh screen and goes on behind it: for an emulator that no longer shows what it should, because it could
   * not have the session's size for a while. Until the screen is there, everything goes on as before.
   * @returns whether there is one, or needs to be none; not without a daemon, nor while the stream is being mended.
   */
  redraw(): Promise<boolean>;
  /** Says that this viewer has the focus: its size becomes the one in force. */
  focus(): void;
  /** Says in which colours this viewer shows the terminal: programs that ask are told the last ones known. */
  setTheme(colors: ThemeColors): void;
  /** With `flow: 'manual'`: so many more bytes of what `onData` gave have been handled. */
  acknowledge(bytes: number): void;
  /** Stops viewing; the program never notices. Twice is no error. */
  detach(): void;
}

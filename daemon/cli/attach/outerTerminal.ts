import { spawnSync } from 'node:child_process';
import { writeSync } from 'node:fs';
import type { IDisposable } from '../../lifecycle/lifecycle';
import type { Size } from '../../protocol/model';
import type { ThemeColors } from '../../protocol/terminals';
import { DirectWriter } from '../../transport/directSocket';
import { ModeTracker } from './modeTracker';
import { outerSize } from './outerSize';
import { undoModes } from './undoModes';

const CSI = '\x1b[';
const OSC = '\x1b]';
const BEL = '\x07';
/** XTWINOPS: titles set from now on are in place of this one, until leaving takes it back. */
const PUSH_TITLE = `${CSI}22;0t`;
/** A terminal that takes nothing for so long is not waited for when leaving: it may be gone or stopped. */
const LEAVE_TIMEOUT_MS = 1000;
/** What was handed over can't be taken back when a slow terminal falls behind: no more than a few screens of text. */
const PIECE_BYTES = 16 * 1024;
/**
 * Mouse and focus reports that are on their way when they are switched off would be typed into the shell
 * that follows. A local terminal's arrive within a few milliseconds.
 */
const REPORTS_SETTLE_MS = 50;

/** A terminal that takes more is shown a whole scrollback, about a megabyte: 100 kB a second. */
const QUICK_BYTES_PER_MS = 100;
/** One that takes less is spared any: 20 kB a second. */
const SLOW_BYTES_PER_MS = 20;
/** One in between gets as much as it takes in this time, in which it shows nothing else. */
const SCROLLBACK_MS = 10_000;
/** Pieces from this size on tell how fast a terminal is. */
const TELLING_BYTES = 4 * 1024;
/** What a piece counts for once the next has been taken: some ten of 16 KiB tell the pace. */
const OLDER = 0.9;

interface Pending {
  readonly data: Uint8Array;
  readonly done: () => void;
}

/**
 * The terminal this process runs in: raw while a session is shown, and on every way out as it was before.
 * What is written waits here while the terminal is slow; the caller is told when it has been taken.
 */
export class OuterTerminal implements IDisposable {
  private readonly _modes = new ModeTracker();
  private readonly _queue: Pending[] = [];
  /** What was dropped while the terminal had not taken what was handed to it. */
  private readonly _skipped: Pending[] = [];
  private _writing = false;
  private _onIdle: (() => void) | undefined;
  private _input: NodeJS.ReadStream | undefined;
  private _entered = false;
  private _colours: ThemeColors | undefined;
  /** To be set where what is shown does not end inside something. */
  private _title: string | undefined;
  /** What was shown last ends inside a sequence or a character. */
  private _endsInside = false;
  /** How many it had when it was cleared last. */
  private _rows = 0;
  /** Of what it took last, older pieces counting less: how much, and how long it was waited for, in milliseconds. */
  private _takenBytes = 0;
  private _takenMs = 0;
  private readonly _restoreNow = (): void => this._leaveNow();

  private readonly _direct: DirectWriter;

  public constructor(private readonly _output: NodeJS.WriteStream) {
    this._direct = new DirectWriter(_output);
  }

  public get size(): Size {
    return outerSize(this._output);
  }

  /** How many rows of a scrollback it can be shown in place of its own, judged by how fast it took what it was shown last. */
  public get rowsToShow(): number {
    const bytesPerMs = this._takenMs === 0 ? Number.POSITIVE_INFINITY : this._takenBytes / this._takenMs;
    if (bytesPerMs >= QUICK_BYTES_PER_MS) {
      return Number.POSITIVE_INFINITY;
    }
    return bytesPerMs < SLOW_BYTES_PER_MS ? 0 : Math.floor((bytesPerMs * SCROLLBACK_MS) / this.size.cols);
  }

  /** The colours it had before the session, as far as it has told them: leaving puts these back. */
  public setColours(told: ThemeColors): void {
    this._colours = told;
  }

  /** Raw mode, and the promise that it ends with this process. */
  public enter(input: NodeJS.ReadStream): void {
    this._input = input;
    this._entered = true;
    process.on('exit', this._restoreNow);
    // Before the stack is printed, so that it is readable.
    process.on('uncaughtExceptionMonitor', this._restoreNow);
    setNonBlocking(this._output);
    this.makeRaw();
  }

  /** Raw mode, again too: the shell has set its own modes while this process was stopped. */
  public makeRaw(): void {
    this._input?.setRawMode(false);
    this._input?.setRawMode(true);
    if (process.platform !== 'win32') {
      // Node's raw mode still turns LF into CR LF on output (libuv sets ONLCR), but a program's LF is only
      // a line down. Leaving raw mode restores this with everything else.
      spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
    }
  }

  /**
   * What stands on the screen goes into the scrollback: a line feed on the last row scrolls one row out. Before that the
   * terminal is made what it is when it starts, whatever a program has left it in that was killed, or a view of ours.
   * Then the cursor is at home on an empty screen, and the title is kept for the way out.
   */
  public scrollOut(): string {
    const { cols, rows } = this.size;
    this._rows = rows;
    return `${undoModes(cols, process.env['TERM'])}${PUSH_TITLE}${CSI}${rows};1H${'\n'.repeat(rows)}${CSI}H`;
  }

  /**
   * Undoes the session's modes and clears the screen for a fresh one in its place: what still waits would be seen
   * for a moment only, and is dropped. By ED 0 from home: ED 2 pushes the screen into the scrollback of VS Code's
   * terminals, ED 3 takes that away. A terminal that has grown may have taken rows back from its scrollback, which are
   * above the session's screen.
   * @param above what becomes of these rows: they go into the scrollback again, unless the session has taken back the same;
   * or it is emptied, for a snapshot that brings the session's own
   */
  public clear(above: 'keep' | 'leave' | 'empty'): string {
    this.skip();
    this._title = undefined;
    const { cols, rows } = this.size;
    const grown = above === 'keep' ? Math.max(0, rows - this._rows) : 0;
    this._rows = rows;
    const keep = grown === 0 ? '' : `${CSI}${rows};1H${'\n'.repeat(grown)}`;
    const empty = above === 'empty' ? `${CSI}3J` : '';
    return `${this._modes.reset(cols, this._colours)}${keep}${PUSH_TITLE}${CSI}H${CSI}J${empty}`;
  }

  /** Shows bytes in order; `done` is called once the terminal has taken them. */
  public write(data: Uint8Array, done: () => void): void {
    if (!this._writing && this._queue.length === 0 && data.length <= PIECE_BYTES) {
      this._writePiece(data, done);
    } else {
      this._queue.push({ data, done });
      this._pump();
    }
  }

  /** Sets the title, behind the next byte that ends a sequence and a character; one of the session's, or its next screen, replaces it. */
  public setTitle(title: string): void {
    this._title = title;
    this._titleWhenDue();
  }

  /**
   * Drops what waits and has not been handed to the terminal. It counts as taken, but not before what was handed over
   * is: a terminal that takes nothing is made no screens.
   */
  public skip(): void {
    const skipped = this._queue.splice(0);
    if (this._writing) {
      this._skipped.push(...skipped);
    } else {
      countAsTaken(skipped);
    }
  }

  /** Resolves when everything written has been taken. */
  public idle(): Promise<void> {
    if (!this._writing && this._queue.length === 0) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this._onIdle = resolve;
    });
  }

  /**
   * Leaves the terminal as it was found: drops what still waits, undoes modes, ends raw mode.
   * @param below how many rows of the screen are in use, so that the shell goes on below them; the cursor's
   * row is the last one when it says `cursor`, and unless it is known the whole screen is in use
   * @param answered resolves once no answer to a question is on its way any more
   */
  public async leave(below: number | 'cursor' | undefined, answered: () => Promise<void>): Promise<void> {
    if (!this._entered) {
      return;
    }
    this._queue.length = 0;
    this._title = undefined;
    const settle = this._modes.reportsEvents;
    this.write(Buffer.from(this._farewell(below)), () => undefined);
    await within(LEAVE_TIMEOUT_MS, this.idle());
    if (settle) {
      await within(REPORTS_SETTLE_MS, new Promise(() => undefined));
    }
    // Last: nothing that was typed behind the answers is read then, so that the shell gets it.
    await answered();
    this._entered = false;
    this.dispose();
  }

  public dispose(): void {
    this._leaveNow();
    process.off('exit', this._restoreNow);
    process.off('uncaughtExceptionMonitor', this._restoreNow);
    endRaw(this._input);
  }

  /** The same at once and without a promise, for a process that is about to end. */
  private _leaveNow(): void {
    if (!this._entered) {
      return;
    }
    this._entered = false;
    try {
      writeSync(1, this._farewell(undefined));
    } catch {
      // The terminal is gone, or takes nothing: there is nothing left to restore it with.
    }
    endRaw(this._input);
  }

  /** Modes as before; the shell's prompt goes below what stands on the normal screen. */
  private _farewell(below: number | 'cursor' | undefined): string {
    const { cols, rows } = this.size;
    // From the alternate screen it goes on where its program was started, below everything else.
    const shown = this._modes.isAlternate ? this._modes.rowOnNormalScreen : below;
    const stay = (shown === 'cursor' || shown === 'restored') && !this._modes.resetMovesCursor;
    const last = typeof shown === 'number' ? Math.min(Math.max(1, shown), rows) : rows;
    return `${this._modes.reset(cols, this._colours)}${stay ? '' : `${CSI}${last};1H`}\r\n`;
  }

  private _pump(): void {
    while (!this._writing) {
      const next = this._queue[0];
      if (next === undefined) {
        this._onIdle?.();
        this._onIdle = undefined;
        return;
      }
      const piece = next.data.subarray(0, PIECE_BYTES);
      const isLast = piece.length === next.data.length;
      if (isLast) {
        this._queue.shift();
      } else {
        this._queue[0] = { data: next.data.subarray(PIECE_BYTES), done: next.done };
      }
      this._writePiece(piece, isLast ? next.done : () => undefined);
    }
  }

  private _writePiece(piece: Uint8Array, done: () => void): void {
    this._modes.push(piece);
    this._endsInside = this._modes.isOpen || endsInsideCharacter(piece);
    const taken = this._direct.write(piece);
    if (taken === piece.length) {
      this._noteTaken(taken, 0);
      this._titleWhenDue();
      done();
    } else {
      this._writeLater(piece.subarray(taken), done);
    }
  }

  private _titleWhenDue(): void {
    if (this._title === undefined || this._writing || this._endsInside) {
      return;
    }
    const bytes = Buffer.from(`${OSC}2;${this._title}${BEL}`);
    this._title = undefined;
    const taken = this._direct.write(bytes);
    if (taken < bytes.length) {
      this._writeLater(bytes.subarray(taken), () => undefined);
    }
  }

  private _noteTaken(bytes: number, ms: number): void {
    if (bytes < TELLING_BYTES) {
      // What a little takes is how soon this process is woken.
      return;
    }
    this._takenBytes = this._takenBytes * OLDER + bytes;
    this._takenMs = this._takenMs * OLDER + ms;
  }

  private _writeLater(rest: Uint8Array, done: () => void): void {
    this._writing = true;
    const since = performance.now();
    this._output.write(rest, () => {
      this._writing = false;
      this._noteTaken(rest.length, performance.now() - since);
      countAsTaken(this._skipped.splice(0));
      this._titleWhenDue();
      done();
      this._pump();
    });
  }
}

/** Whether the last character in UTF-8 has bytes to come: https://www.rfc-editor.org/rfc/rfc3629#section-3 */
const endsInsideCharacter = (bytes: Uint8Array): boolean => {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) !== 0x80) {
      return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1) > back;
    }
  }
  return false;
};

const countAsTaken = (pieces: readonly Pending[]): void => {
  for (const { done } of pieces) {
    done();
  }
};

const endRaw = (input: NodeJS.ReadStream | undefined): void => {
  try {
    input?.setRawMode(false);
  } catch {
    // The terminal is gone.
  }
};

/**
 * Node makes terminals blocking, so that a stopped one (Ctrl-S, a stalled connection) would stop this
 * process too: no signal would end it. There is no public call for it
 * (https://github.com/nodejs/node/issues/1741); without it, everything works but that.
 */
const setNonBlocking = (stream: NodeJS.WriteStream): void => {
  const handle = (stream as { readonly _handle?: { setBlocking?(blocking: boolean): unknown } })._handle;
  handle?.setBlocking?.(false);
};

const within = async (ms: number, promise: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    promise,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    }),
  ]);
  clearTimeout(timer);
};

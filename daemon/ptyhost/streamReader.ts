import type { Cursor, Journal } from '../journal/journal';
import { encodeFrame, FIRST_STREAM_WINDOW, LAG_LIMIT, STREAM_WINDOW } from '../protocol/frames';
import type { HostExit } from '../protocol/host';
import type { Offset } from '../protocol/ids';

/** Where frames go. */
export interface FrameSink {
  /** Too much waits to be sent already. */
  readonly isFull: boolean;
  write(frame: Buffer): void;
  /** The same, but it may wait for a moment; nothing overtakes it. */
  writeSoon(frame: Buffer): void;
  /** What waits, waits no longer. */
  flush(): void;
}

/** What a reader reads: a journal that is being written, and the exit once it is in there. */
export interface Source {
  readonly journal: Journal;
  readonly exit: HostExit | null;
}

/**
 * What happens to a reader that is too slow: `skip`: it is told LAGGED and starts again where it SEEKs to;
 * `wait`: it reads on from the ring, whatever that takes, and is told GAP when the ring has moved on.
 */
export type Slowness = 'skip' | 'wait';

/** A viewer that has not acknowledged more than this, in bytes, does not see at once what a key did. */
const LATE_BYTES = 512 * 1024;
/**
 * Whoever takes what it is sent, screens too, piece after piece at this pace, in milliseconds, waits for the next: three
 * times the calm rate of screens. One that takes 10 kB/s needs longer for each, and what it waits for is itself.
 */
const PACE_MS = 300;

/** One reader's way through a journal: frames in order, no more than its credit, from the ring or as they come. */
export class StreamReader {
  private _cursor: Cursor;
  /** The next byte to send, and the last one acknowledged. */
  private _next: Offset;
  private _acked: Offset;
  /** How far beyond that it is sent: grows with what it acknowledges, until it has shown that it keeps up. */
  private _window: number = FIRST_STREAM_WINDOW;
  private _lagged = false;
  private _ackedAt = Number.NEGATIVE_INFINITY;
  private _isQuick = false;
  private _exitSent = false;
  /** The output that is being appended was sent already. */
  private _isAhead = false;

  public constructor(
    private readonly _source: Source,
    private readonly _sink: FrameSink,
    private readonly _slowness: Slowness,
    from: Offset,
  ) {
    const start = this._source.journal.locate(from);
    this._cursor = start.cursor;
    this._next = start.offset;
    this._acked = start.offset;
    if (this._slowness === 'wait') {
      this._window = STREAM_WINDOW;
    }
    this._announce(from, start.offset, start.size);
  }

  /**
   * Some output is about to be appended to the journal, or was just now: a reader that has everything before it gets
   * it at once, without a detour. All readers share its OUTPUT frame. `appended` has to follow.
   * @param at where the journal ended before it
   */
  public coming(frame: Buffer, length: number, when: 'now' | 'soon', at: number): void {
    const isNext = this._cursor.position === at;
    if (isNext && !this._lagged && !this._sink.isFull && this._credit >= length) {
      if (when === 'now') {
        this._sink.write(frame);
      } else {
        this._sink.writeSoon(frame);
      }
      this._next = (this._next + length) as Offset;
      this._isAhead = true;
    }
  }

  /** It is in the journal now. */
  public appended(): void {
    if (this._isAhead) {
      this._isAhead = false;
      this._cursor = this._source.journal.end;
    } else {
      this.pump();
    }
  }

  /** It was told LAGGED, and has not come back by SEEK. */
  public get isLagging(): boolean {
    return this._lagged;
  }

  /** It lags, and takes screens as fast as they come: what a key did is seen when a mirror gets there. */
  public get isWaiting(): boolean {
    return this._lagged && this._isQuick && performance.now() - this._ackedAt <= PACE_MS;
  }

  /** Bytes that it has not acknowledged. */
  public get behind(): number {
    return this._source.journal.head - this._acked;
  }

  /** It is sent no more of what it would have to show first: whole screens are nearer to what comes now. */
  public leap(): void {
    if (this._slowness === 'skip' && !this._lagged && this.behind > LATE_BYTES) {
      this._lag();
    }
  }

  /** Sends what was allowed to wait. */
  public flush(): void {
    this._sink.flush();
  }

  /** Sends what may be sent. */
  public pump(): void {
    const { journal, exit } = this._source;
    while (!this._lagged && !this._sink.isFull) {
      const found = journal.holds(this._cursor) ? journal.next(this._cursor) : undefined;
      if (found === undefined && this._cursor.position < journal.end.position) {
        // The ring has moved on, or what stands there can't be read.
        if (this._credit <= 0) {
          break;
        }
        if (this._slowness === 'skip') {
          this._lag();
          return;
        }
        this._skipGap();
        continue;
      }
      if (found === undefined) {
        if (exit !== null && !this._exitSent) {
          this._exitSent = true;
          this._sink.write(
            encodeFrame({
              kind: 'exited',
              offset: journal.head,
              exitCode: exit.exitCode,
              signal: exit.signal,
            }),
          );
        }
        return;
      }
      const { record } = found;
      if (record.kind === 'output') {
        const length = Math.min(this._credit, record.data.length);
        if (length <= 0) {
          break;
        }
        this._sink.write(
          encodeFrame({ kind: 'output', offset: this._next, data: record.data.subarray(0, length) }),
        );
        this._next = (this._next + length) as Offset;
        this._cursor =
          length < record.data.length
            ? { position: this._cursor.position, skip: this._cursor.skip + length }
            : found.cursor;
        continue;
      }
      if (record.kind === 'resize') {
        this._sink.write(
          encodeFrame({ kind: 'resized', offset: record.offset, cols: record.cols, rows: record.rows }),
        );
      }
      // An exit that others follow was of an earlier program in this terminal.
      this._cursor = found.cursor;
    }
    if (
      !this._lagged &&
      this._slowness === 'skip' &&
      this._credit <= 0 &&
      journal.head - this._next > LAG_LIMIT
    ) {
      this._lag();
    }
  }

  public ack(offset: Offset): void {
    const acked = Math.max(this._acked, Math.min(offset, this._next)) as Offset;
    this._window = Math.min(STREAM_WINDOW, this._window + acked - this._acked);
    this._acked = acked;
    const now = performance.now();
    this._isQuick = now - this._ackedAt <= PACE_MS;
    this._ackedAt = now;
    this.pump();
  }

  public seek(offset: Offset): void {
    this._lagged = false;
    this._exitSent = false;
    this._goTo(offset);
    this.pump();
  }

  private get _credit(): number {
    return this._acked + this._window - this._next;
  }

  private _goTo(from: Offset): void {
    const start = this._source.journal.locate(from);
    this._cursor = start.cursor;
    this._next = start.offset;
    this._acked = start.offset;
    this._announce(from, start.offset, start.size);
  }

  /** The ring has moved on. What was sent and not acknowledged still counts, or a gap would be new credit. */
  private _skipGap(): void {
    const outstanding = this._next - this._acked;
    this._goTo(this._next);
    this._acked = (this._next - outstanding) as Offset;
  }

  /** GAP where bytes are gone; and the size, because resizes exactly there are not sent one by one. */
  private _announce(
    from: Offset,
    start: Offset,
    size: { readonly cols: number; readonly rows: number },
  ): void {
    if (start > from) {
      this._sink.write(encodeFrame({ kind: 'gap', offset: start }));
    }
    this._sink.write(encodeFrame({ kind: 'resized', offset: start, ...size }));
  }

  private _lag(): void {
    this._lagged = true;
    this._sink.write(encodeFrame({ kind: 'lagged', offset: this._source.journal.head }));
  }
}

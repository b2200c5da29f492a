import { type Offset, offset } from '../protocol/ids';

/** Acknowledgements are sent in steps of this size: a fraction of STREAM_WINDOW, and few frames. */
const ACK_STEP_BYTES = 64 * 1024;

interface Mark {
  readonly delivered: number;
  readonly offset: number;
}

/**
 * Counts what a consumer was given and has handled, in its own bytes, and knows the journal offset this
 * means: the two differ by snapshots (bytes without offsets) and removed queries (offsets without bytes).
 */
export class Credit {
  private _delivered = 0;
  private _handled = 0;
  private _marks: Mark[] = [];
  private _sent = 0;
  private _waiting: { readonly limit: number; readonly resolve: () => void }[] = [];

  public constructor(private readonly _send: (upTo: Offset) => void) {}

  /** Bytes given and not yet handled. */
  public get outstanding(): number {
    return this._delivered - this._handled;
  }

  /** So many bytes were given, and with them everything up to `upTo`. */
  public deliver(bytes: number, upTo: number): void {
    this._delivered += bytes;
    this._marks.push({ delivered: this._delivered, offset: upTo });
    if (this._delivered <= this._handled) {
      this._settle();
    }
  }

  public handle(bytes: number): void {
    this._handled = Math.min(this._delivered, this._handled + Math.max(0, bytes));
    this._settle();
    if (this._waiting.length > 0) {
      this._wake();
    }
  }

  /** The stream goes on at another offset: what was counted as handled there is that. */
  public seek(to: number): void {
    this._sent = to;
    this._marks = this._marks.filter((mark) => mark.offset <= to);
  }

  /** Resolves once at most `limit` bytes are outstanding, or `release` is called. */
  public drained(limit: number): Promise<void> {
    return this.outstanding <= limit
      ? Promise.resolve()
      : new Promise((resolve) => this._waiting.push({ limit, resolve }));
  }

  public release(): void {
    for (const { resolve } of this._waiting.splice(0)) {
      resolve();
    }
  }

  private _settle(): void {
    const marks = this._marks;
    let last: Mark | undefined;
    let done = 0;
    for (let next = marks[0]; next !== undefined && next.delivered <= this._handled; next = marks[done]) {
      last = next;
      done++;
    }
    if (last === undefined) {
      return;
    }
    if (last.offset - this._sent >= ACK_STEP_BYTES) {
      marks.splice(0, done);
      this._sent = last.offset;
      this._send(offset(last.offset));
    } else if (done < marks.length) {
      marks.splice(0, done);
    } else {
      // Kept, so that small pieces add up to a step.
      marks[0] = last;
      marks.length = 1;
    }
  }

  private _wake(): void {
    const ready = this._waiting.filter(({ limit }) => this.outstanding <= limit);
    this._waiting = this._waiting.filter(({ limit }) => this.outstanding > limit);
    for (const { resolve } of ready) {
      resolve();
    }
  }
}

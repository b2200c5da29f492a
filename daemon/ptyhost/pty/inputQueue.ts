import { HoldfastError } from '../../protocol/errors';

/** Input a program has not read: no more is asked for. A paste of this size is rare, and a program that is stuck is not. */
export const MAX_QUEUED_INPUT = 1024 * 1024;
/** A PTY that is full is tried again after 1, 2, 4 … ms: nothing tells when a program has read. */
const MAX_RETRY_MS = 16;

interface Item {
  rest: Buffer;
  readonly length: number;
  readonly settle?: (error: HoldfastError | undefined) => void;
}

/** What goes to a program, in order. Written at once while the PTY takes it; never blocks. */
export class InputQueue {
  private readonly _items: Item[] = [];
  private _bytes = 0;
  private _timer: NodeJS.Timeout | undefined;
  private _delay = 1;
  private _closed = false;
  private readonly _whenRoom = new Set<() => void>();

  public constructor(private readonly _write: (data: Buffer) => number) {}

  /** Whether so much waits already that no more should be brought. */
  public get isFull(): boolean {
    return this._bytes >= MAX_QUEUED_INPUT;
  }

  /**
   * Appends; the bytes are the caller's again afterwards. Whoever brings input while the queue is full has to stop
   * until `whenRoom`.
   */
  public push(data: Buffer): void {
    if (this._closed || data.length === 0) {
      return;
    }
    const taken = this._items.length === 0 ? this._take(data) : 0;
    if (taken < data.length) {
      const rest = Buffer.from(data.subarray(taken));
      this._add({ rest, length: rest.length });
    }
  }

  /**
   * Appends, and resolves when the PTY has taken everything.
   * @throws HoldfastError SESSION_EXITED; TIMEOUT when the program does not read: the rest is taken back, and
   * `details.bytes` says how much of it the PTY has taken
   */
  public async pushAndWait(data: Buffer, timeoutMs: number): Promise<void> {
    if (this._closed) {
      throw exited();
    }
    if (this.isFull) {
      throw notReading(0);
    }
    if (data.length === 0) {
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const item: Item = {
        rest: data,
        length: data.length,
        settle: (error) => {
          clearTimeout(timer);
          if (error === undefined) {
            resolve();
          } else {
            reject(error);
          }
        },
      };
      const timer = setTimeout(() => {
        this._remove(item);
        reject(notReading(item.length - item.rest.length));
      }, timeoutMs);
      this._add(item);
    });
  }

  /** Calls back once there is room again, or the program has ended. */
  public whenRoom(callback: () => void): void {
    this._whenRoom.add(callback);
  }

  /** The program has ended: what waits is given up. */
  public close(): void {
    this._closed = true;
    clearTimeout(this._timer);
    for (const item of this._items.splice(0)) {
      item.settle?.(exited());
    }
    this._bytes = 0;
    this._tellRoom();
  }

  private _add(item: Item): void {
    this._items.push(item);
    this._bytes += item.length;
    if (this._items.length === 1) {
      this._flush();
    }
  }

  private _remove(item: Item): void {
    const at = this._items.indexOf(item);
    if (at >= 0) {
      this._items.splice(at, 1);
      this._bytes -= item.rest.length;
      this._tellRoom();
    }
  }

  private _flush(): void {
    for (let item = this._items[0]; item !== undefined; item = this._items[0]) {
      const taken = this._take(item.rest);
      this._bytes -= taken;
      item.rest = item.rest.subarray(taken);
      if (item.rest.length > 0) {
        this._retry(taken > 0);
        break;
      }
      this._items.shift();
      item.settle?.(undefined);
    }
    this._tellRoom();
  }

  private _take(data: Buffer): number {
    try {
      return this._write(data);
    } catch {
      // The slave is closed (EIO): nobody is left to read it, and the exit is on its way.
      return data.length;
    }
  }

  private _retry(progress: boolean): void {
    this._delay = progress ? 1 : Math.min(2 * this._delay, MAX_RETRY_MS);
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._flush(), this._delay);
  }

  private _tellRoom(): void {
    if (this._bytes < MAX_QUEUED_INPUT / 2 && this._whenRoom.size > 0) {
      const callbacks = [...this._whenRoom];
      this._whenRoom.clear();
      for (const callback of callbacks) {
        callback();
      }
    }
  }
}

const exited = (): HoldfastError =>
  new HoldfastError('SESSION_EXITED', 'the program has ended', "Run 'holdfast restart' to start it again.");

const notReading = (bytes: number): HoldfastError =>
  new HoldfastError(
    'TIMEOUT',
    'the program does not read its input',
    "Look at it with 'holdfast snapshot'; try again once it reads.",
    { bytes },
  );

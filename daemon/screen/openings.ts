/**
 * Streams that a worker opens at once. A PTY host takes MAX_UNGREETED connections that have not said hello, of all
 * its clients together: a daemon that takes a thousand terminals over must leave viewers room among them.
 */
export const MOST_AT_ONCE = 16;
/** As many again for streams that somebody waits for: a PTY host that hangs may hold the others for seconds. */
const MOST_NEEDED = 2 * MOST_AT_ONCE;

/** Lets streams be opened some at a time, in the order they came; those that somebody waits for come first. */
export class Openings {
  private readonly _needed = new Map<object, () => void>();
  private readonly _others = new Map<object, () => void>();
  private _running = 0;

  /**
   * @param stream one that is not being opened already
   * @param isNeeded whether somebody waits for it
   * @returns what `open` returns, once it was its turn
   */
  public async run(stream: object, isNeeded: boolean, open: () => Promise<void>): Promise<void> {
    await new Promise<void>((resolve) => {
      (isNeeded ? this._needed : this._others).set(stream, resolve);
      this._next();
    });
    try {
      await open();
    } finally {
      this._running -= 1;
      this._next();
    }
  }

  /** Somebody waits for a stream now. */
  public need(stream: object): void {
    const begin = this._others.get(stream);
    if (begin !== undefined) {
      this._others.delete(stream);
      this._needed.set(stream, begin);
      this._next();
    }
  }

  private _next(): void {
    for (const [waiting, most] of [
      [this._needed, MOST_NEEDED],
      [this._others, MOST_AT_ONCE],
    ] as const) {
      for (const [stream, begin] of waiting) {
        if (this._running >= most) {
          break;
        }
        waiting.delete(stream);
        this._running += 1;
        begin();
      }
    }
  }
}

/** A moment after which nobody waits any more. */
export class Deadline {
  private readonly _at: number;
  private _hasCome = false;

  /** @param ms from now; never unless given */
  public constructor(ms: number | undefined) {
    this._at = ms === undefined ? Number.POSITIVE_INFINITY : performance.now() + Math.max(0, ms);
  }

  public get isOver(): boolean {
    return this._hasCome || performance.now() >= this._at;
  }

  /** What a promise gives, or what `late` gives once the deadline is there: that rejects. */
  public async wait<T>(promise: Promise<T>, late: () => Error): Promise<T> {
    if (this.isOver) {
      throw late();
    }
    const over = Symbol('over');
    const result = await this._race(promise, over);
    if (result === over) {
      throw late();
    }
    return result as T;
  }

  /** Resolves when the promise does, or at the deadline. */
  public async within(promise: Promise<unknown>): Promise<void> {
    await this._race(promise, undefined);
  }

  private async _race<T, O>(promise: Promise<T>, over: O): Promise<T | O> {
    if (this._at === Number.POSITIVE_INFINITY) {
      return promise;
    }
    let timer: NodeJS.Timeout | undefined;
    const end = new Promise<O>((resolve) => {
      timer = setTimeout(
        () => {
          // By this clock a timer may come part of a millisecond early.
          this._hasCome = true;
          resolve(over);
        },
        Math.max(0, this._at - performance.now()),
      );
    });
    try {
      return await Promise.race([promise, end]);
    } finally {
      clearTimeout(timer);
    }
  }
}

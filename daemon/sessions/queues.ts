/** Runs the tasks of one key in the order they came, those of different keys side by side. */
export class Queues<Key> {
  private readonly _tails = new Map<Key, Promise<unknown>>();

  public run<T>(key: Key, task: () => Promise<T>): Promise<T> {
    const before = this._tails.get(key) ?? Promise.resolve();
    // A failed task is its caller's business; the next one starts all the same.
    const result = before.then(task, task);
    const tail = result.then(
      () => undefined,
      () => undefined,
    );
    this._tails.set(key, tail);
    void tail.then(() => {
      if (this._tails.get(key) === tail) {
        this._tails.delete(key);
      }
    });
    return result;
  }

  /** Resolves when all that was asked for until now is done. */
  public async idle(): Promise<void> {
    await Promise.all(this._tails.values());
  }
}

/** Runs tasks one at a time, in the order in which they were given. */
export class Sequence {
  private _last: Promise<unknown> = Promise.resolve();

  /** @returns what the task gives; a failure is its caller's only, and the next one runs all the same */
  public run<T>(task: () => Promise<T>): Promise<T> {
    const run = this._last.then(task);
    this._last = run.catch(() => undefined);
    return run;
  }
}

import type { IDisposable } from '../lifecycle/lifecycle';
import { CAPABILITY_OF } from '../protocol/capabilities';
import { HoldfastError } from '../protocol/errors';

/**
 * Makes a call, and once more when it only looks and the connection broke under it: nobody has to be asked, and what it
 * then fails with can be tried again.
 */
export const withOneRetry = async <R>(method: string, call: () => Promise<R>): Promise<R> => {
  try {
    return await call();
  } catch (error) {
    if (!isBroken(method, error)) {
      throw error;
    }
  }
  try {
    return await call();
  } catch (error) {
    throw isBroken(method, error) ? brokenTwice(HoldfastError.from(error)) : error;
  }
};

const isBroken = (method: string, error: unknown): boolean =>
  CAPABILITY_OF[method] === 'observe' && HoldfastError.from(error).code === 'DAEMON_UNAVAILABLE';

const brokenTwice = (last: HoldfastError): HoldfastError =>
  last.retryable
    ? last
    : new HoldfastError(
        last.code,
        'the connection to the daemon has ended before the answer, twice',
        "Try again; if it stays so, run 'holdfast doctor'.",
      );

/** No slower than this while what is waited for is due. */
const OFTEN_MS = 50;

/** Growing pauses between attempts that cost little: quick at first, never slower than `last`. */
export class Backoff {
  private _delay: number;
  private _waited = 0;

  /** @param _oftenMs so long the pauses stay short; the numbers are milliseconds */
  public constructor(
    private readonly _first = 20,
    private readonly _last = 2000,
    private readonly _oftenMs = 0,
  ) {
    this._delay = _first;
  }

  /** Milliseconds to wait before the next attempt. */
  public next(): number {
    const delay = this._delay;
    this._waited += delay;
    const most = this._waited < this._oftenMs ? Math.max(OFTEN_MS, this._first) : this._last;
    this._delay = Math.min(most, this._delay * 1.6);
    return delay;
  }

  public reset(): void {
    this._delay = this._first;
    this._waited = 0;
  }
}

/** Waits between attempts; disposing ends the wait at once, so that nobody waits for a timer at the end. */
export class Pause implements IDisposable {
  private readonly _waiting = new Set<() => void>();

  public wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this._waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this._waiting.add(done);
    });
  }

  public dispose(): void {
    this.wake();
  }

  /** Ends the waits of the moment. */
  public wake(): void {
    for (const done of [...this._waiting]) {
      done();
    }
  }
}

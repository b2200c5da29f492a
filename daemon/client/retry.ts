import type { IDisposable } from '../lifecycle/lifecycle';
import { HoldfastError } from '../protocol/errors';

/** Calls that change nothing: after a broken connection they may be made again without asking anybody. */
const IDEMPOTENT: ReadonlySet<string> = new Set([
  'session/list',
  'session/show',
  'events/list',
  'terminal/attach',
  'terminal/refresh',
  'terminal/snapshot',
  'terminal/output',
  'daemon/status',
  'daemon/diagnose',
]);

/** Makes a call, and once more when it changes nothing and the connection broke under it. */
export const withOneRetry = async <R>(method: string, call: () => Promise<R>): Promise<R> => {
  try {
    return await call();
  } catch (error) {
    if (IDEMPOTENT.has(method) && HoldfastError.from(error).code === 'DAEMON_UNAVAILABLE') {
      return call();
    }
    throw error;
  }
};

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

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

/** Growing pauses between attempts that cost little: quick at first, never slower than `last`. */
export class Backoff {
  private _delay: number;

  public constructor(
    private readonly _first = 20,
    private readonly _last = 2000,
  ) {
    this._delay = _first;
  }

  /** Milliseconds to wait before the next attempt. */
  public next(): number {
    const delay = this._delay;
    this._delay = Math.min(this._last, this._delay * 1.6);
    return delay;
  }

  public reset(): void {
    this._delay = this._first;
  }
}

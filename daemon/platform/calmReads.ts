import type { Millis } from '../protocol/ids';

/** How long after it was active something may still change without a sign: a shell hands its terminal over behind the echo. */
const SETTLE_MS = 2000;
/** How long after a round the others are read: whoever asked has the whole answer by then. */
const BEHIND_MS = 50;

/**
 * Answers of the system about many things of which few change at a time, such as the program in front of each terminal.
 * Each costs some system calls, so in one round only what was active since it was asked for is asked for anew, and
 * behind the round some of the others, those asked for longest ago. Where there are no more than these, every answer is new.
 */
export class CalmReads<K, V> {
  /** Those asked for longest ago first. */
  private readonly _known = new Map<K, { readonly value: V; readonly at: Millis }>();
  private _areFew = true;
  private _timer: NodeJS.Timeout | undefined;

  /**
   * @param _some how many are asked for anew behind each round, although they were not active
   * @param _read asks the system; what it throws, `get` throws
   * @param _exists what it denies is forgotten, in the course of some rounds
   */
  public constructor(
    private readonly _some: number,
    private readonly _read: (key: K) => V,
    private readonly _exists: (key: K) => boolean,
  ) {}

  /** Begins a round. */
  public begin(): void {
    this._areFew = this._known.size <= this._some;
    if (!this._areFew && this._timer === undefined) {
      this._timer = setTimeout(() => this._readOthers(), BEHIND_MS).unref();
    }
  }

  /** @param activeAt when it was active last, by this machine's clock */
  public get(key: K, activeAt: Millis): V {
    const known = this._known.get(key);
    // One that was read later than now was read before the clock was set back.
    const isNewer = known !== undefined && known.at > activeAt + SETTLE_MS && known.at <= Date.now();
    return isNewer && !this._areFew ? known.value : this._ask(key);
  }

  private _ask(key: K): V {
    const value = this._read(key);
    this._known.delete(key);
    this._known.set(key, { value, at: Date.now() });
    return value;
  }

  private _readOthers(): void {
    this._timer = undefined;
    for (const key of firstOf(this._known.keys(), this._some)) {
      if (this._exists(key)) {
        this._ask(key);
      } else {
        this._known.delete(key);
      }
    }
  }
}

const firstOf = <T>(items: Iterable<T>, count: number): readonly T[] => {
  const found: T[] = [];
  for (const item of items) {
    if (found.length === count) {
      break;
    }
    found.push(item);
  }
  return found;
};

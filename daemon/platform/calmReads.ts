import type { Millis } from '../protocol/ids';

/** How long after it was active something may still change without a sign: a shell hands its terminal over behind the echo. */
const SETTLE_MS = 2000;

/**
 * Answers of the system about many things of which few change at a time, such as the program in front of each terminal.
 * Each costs some system calls, so in one round only these are asked for anew: what was active since it was asked
 * for, and a number of the others, those asked for longest ago. Where there are no more than that number, every answer is new.
 */
export class CalmReads<K, V> {
  /** Those asked for longest ago first. */
  private readonly _known = new Map<K, { readonly value: V; readonly at: Millis }>();
  private _due = new Set<K>();

  /** @param _perRound how many are asked for anew in each round although they were not active */
  public constructor(private readonly _perRound: number) {}

  /** Begins a round. What `exists` denies is forgotten, in the course of some rounds. */
  public begin(exists: (key: K) => boolean): void {
    this._due = new Set();
    for (const key of [...this._firstKnown()]) {
      if (exists(key)) {
        this._due.add(key);
      } else {
        this._known.delete(key);
      }
    }
  }

  /** @param activeAt when it was active last, by this machine's clock */
  public get(key: K, activeAt: Millis, read: () => V): V {
    const known = this._known.get(key);
    // One that was read later than now was read before the clock was set back.
    const isNewer = known !== undefined && known.at > activeAt + SETTLE_MS && known.at <= Date.now();
    if (isNewer && !this._due.has(key)) {
      return known.value;
    }
    const value = read();
    this._due.delete(key);
    this._known.delete(key);
    this._known.set(key, { value, at: Date.now() });
    return value;
  }

  private *_firstKnown(): Generator<K> {
    let count = 0;
    for (const key of this._known.keys()) {
      if (count === this._perRound) {
        return;
      }
      count++;
      yield key;
    }
  }
}

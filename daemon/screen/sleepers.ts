import { Disposable, toDisposable } from '../lifecycle/lifecycle';
import { collectGarbage } from '../platform/garbage';
import type { Followed, Slept } from './followed';

/**
 * A mirror that nobody has needed for so long is let go. To wake it costs a few milliseconds, so that it should not
 * happen between two looks of somebody who works; its emulator and buffers cost some hundred kilobytes.
 */
export const SLEEP_AFTER_MS = 60_000;

/** One at a time, with a pause: each takes some milliseconds, in which the worker does nothing else. */
const PAUSE_MS = 20;

/**
 * V8 collects nothing where nothing is allocated, so that the memory of mirrors that were let go would never be given
 * back. Collecting takes some ten milliseconds: not for fewer than some, but then soon.
 */
const COLLECT_AFTER = 8;
const COLLECT_AT_ONCE = 64;
const COLLECT_PAUSE_MS = 5000;

/** Lets idle mirrors sleep. One timer for all, and none while all of them do. */
export class Sleepers extends Disposable {
  private readonly _awake = new Set<Followed>();
  private _timer: NodeJS.Timeout | undefined;
  private _letGo = 0;
  private _collectedAt = 0;

  public constructor(private readonly _afterMs = SLEEP_AFTER_MS) {
    super();
    this._register(toDisposable(() => clearTimeout(this._timer)));
  }

  public used(followed: Followed): void {
    followed.usedAt = performance.now();
    this._awake.add(followed);
    this._timer ??= setTimeout(() => this._look(), this._afterMs);
  }

  /** It is let go for good. */
  public forget(followed: Followed): void {
    if (this._awake.delete(followed)) {
      this._letGo++;
      // A thousand that end together shall not wait for it again and again.
      if (performance.now() - this._collectedAt > COLLECT_PAUSE_MS) {
        this._collect(COLLECT_AT_ONCE);
      }
    }
  }

  private _look(): void {
    const now = performance.now();
    let tried: Followed | undefined;
    let next = this._afterMs;
    for (const followed of this._awake) {
      const rest = followed.usedAt + this._afterMs - now;
      if (rest <= 0 && tried === undefined) {
        tried = followed;
      } else {
        next = Math.min(next, Math.max(rest, PAUSE_MS));
      }
    }
    if (tried !== undefined) {
      this._try(tried, now);
    }
    const isDone = next > PAUSE_MS;
    this._collect(isDone ? COLLECT_AFTER : COLLECT_AT_ONCE);
    this._timer = this._awake.size === 0 ? undefined : setTimeout(() => this._look(), next);
  }

  private _collect(after: number): void {
    if (this._letGo >= after) {
      this._letGo = 0;
      collectGarbage();
      this._collectedAt = performance.now();
    }
  }

  private _try(followed: Followed, now: number): void {
    const slept = letSleep(followed);
    if (slept === 'later') {
      followed.usedAt = now;
    } else {
      this._awake.delete(followed);
    }
    if (slept === 'asleep') {
      this._letGo++;
    }
  }
}

const letSleep = (followed: Followed): Slept => {
  try {
    return followed.sleep();
  } catch {
    // The disk could not be read.
    return 'later';
  }
};

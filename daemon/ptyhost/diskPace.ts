import type { Journal } from '../journal/journal';
import { Disposable, toDisposable } from '../lifecycle/lifecycle';

/**
 * How often journals that were written to are brought to the disk. Their files survive this process at once; a power cut
 * takes what the system has not written yet, which it may put off for half a minute. With the time that the disk takes
 * for it, what is older than 5 s stays.
 */
export const SYNC_EVERY_MS = 4000;
/** At a time: others wait for the same few threads, and a disk does not get faster. */
const AT_ONCE = 2;

/** Brings the journals of all terminals to the disk at a calm pace, off the event loop. */
export class DiskPace extends Disposable {
  private _timer: NodeJS.Timeout | undefined;

  public constructor(
    private readonly _journals: () => Iterable<Journal>,
    private readonly _everyMs = SYNC_EVERY_MS,
  ) {
    super();
    this._register(toDisposable(() => clearTimeout(this._timer)));
    this._later(_everyMs);
  }

  private _later(ms: number): void {
    if (!this._isDisposed) {
      this._timer = setTimeout(() => void this._round(), ms);
      this._timer.unref();
    }
  }

  private async _round(): Promise<void> {
    const begun = performance.now();
    const dirty = [...this._journals()].filter((journal) => journal.isDirty);
    const next = dirty[Symbol.iterator]();
    const work = async (): Promise<void> => {
      for (const journal of next) {
        await journal.sync();
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, dirty.length) }, work));
    this._later(Math.max(0, this._everyMs - (performance.now() - begun)));
  }
}

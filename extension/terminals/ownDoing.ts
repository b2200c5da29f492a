import { setTimeout as delay } from 'node:timers/promises';
import { Emitter, once } from '../../daemon/lifecycle/event';

/** The end of a program that this window has ended arrives at most this long after that was confirmed. */
const LATE_END_MS = 2000;

/** What this window itself does to the program that a tab shows: an end that comes of it is no news. */
export class OwnDoing {
  private readonly _onEnd = new Emitter<void>();
  private _isHeld = false;
  /** How many ends were asked for and not yet seen. */
  private _asked = 0;

  /** Whether the program is ended and started again. */
  public get isHeld(): boolean {
    return this._isHeld;
  }

  /** Whether the program is being ended. */
  public get isAsked(): boolean {
    return this._asked > 0;
  }

  /** @param isRunning whether the old program's end has not been seen. Resolves when it has, and the new one runs. */
  public async restart(restart: Promise<unknown>, isRunning: () => boolean): Promise<void> {
    this._isHeld = true;
    try {
      await restart;
      if (isRunning()) {
        // The old program's end may still be on its way to us.
        await Promise.race([once(this._onEnd.event), delay(LATE_END_MS, undefined, { ref: false })]);
      }
    } finally {
      this._isHeld = false;
    }
  }

  /** The end of a program that is being started again was seen. */
  public ended(): void {
    this._onEnd.fire();
  }

  public async end(end: Promise<unknown>): Promise<void> {
    this._asked++;
    try {
      await end;
      await delay(LATE_END_MS, undefined, { ref: false });
    } finally {
      this._asked--;
    }
  }
}

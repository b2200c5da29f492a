import { Disposable } from '../../daemon/lifecycle/lifecycle';
import { untilNextChange } from './commandTime';

/** A clock that was set back makes a command begin in the future: it is looked at again all the same. */
const LONGEST_WAIT_MS = 60 * 60 * 1000;

/** Acts when what is said of a command's time reads otherwise, and not before; without a command it has no timer. */
export class CommandClock extends Disposable {
  private _timer: NodeJS.Timeout | undefined;

  public constructor(private readonly _act: () => void) {
    super();
  }

  /** @param startedAt when the commands began whose times somebody sees, in milliseconds since 1970 */
  public follow(startedAt: readonly number[]): void {
    clearTimeout(this._timer);
    this._timer = undefined;
    if (startedAt.length > 0 && !this._isDisposed) {
      const now = Date.now();
      const next = Math.min(LONGEST_WAIT_MS, ...startedAt.map((at) => untilNextChange(now - at)));
      this._timer = setTimeout(this._act, next);
    }
  }

  public override dispose(): void {
    super.dispose();
    clearTimeout(this._timer);
  }
}

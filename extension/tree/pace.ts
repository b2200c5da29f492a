import { Disposable } from '../../daemon/lifecycle/lifecycle';

/**
 * Does something when it is asked for: at once after a rest, else when the rest is over. Who asks all the time is
 * served at a calm rate, and who asks once does not wait.
 */
export class Pace extends Disposable {
  private _rest: NodeJS.Timeout | undefined;
  private _isWanted = false;

  public constructor(
    private readonly _act: () => void,
    private readonly _restMs: number,
  ) {
    super();
  }

  public ask(): void {
    this._isWanted = true;
    if (this._rest === undefined && !this._isDisposed) {
      this._actAndRest();
    }
  }

  public override dispose(): void {
    super.dispose();
    clearTimeout(this._rest);
    this._rest = undefined;
  }

  private _actAndRest(): void {
    this._isWanted = false;
    this._rest = setTimeout(() => {
      this._rest = undefined;
      if (this._isWanted) {
        this._actAndRest();
      }
    }, this._restMs);
    this._act();
  }
}

import { Emitter } from '../lifecycle/event';
import { Disposable } from '../lifecycle/lifecycle';

/** Long enough to come back from lunch to a warm daemon, short enough to leave no trace of a single try. */
export const IDLE_EXIT_MS = 5 * 60_000;

/** Fires when for a while nobody has been connected and nothing has run. */
export class IdleExit extends Disposable {
  private readonly _onIdle = this._register(new Emitter<void>());
  public readonly onIdle = this._onIdle.event;
  private _timer: NodeJS.Timeout | undefined;

  public constructor(
    private readonly _isBusy: () => boolean,
    private _keep: boolean,
    private readonly _afterMs: number,
  ) {
    super();
    this.look();
  }

  public set keep(keep: boolean) {
    this._keep = keep;
    this.look();
  }

  /** To be called whenever something may have begun or ended. */
  public look(): void {
    if (this._keep || this._isBusy() || this._isDisposed) {
      clearTimeout(this._timer);
      this._timer = undefined;
      return;
    }
    this._timer ??= setTimeout(() => this._onIdle.fire(), this._afterMs);
  }

  public override dispose(): void {
    clearTimeout(this._timer);
    super.dispose();
  }
}

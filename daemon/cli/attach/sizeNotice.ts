import type { IDisposable } from '../../lifecycle/lifecycle';
import { printable } from '../../platform/printable';
import type { Size } from '../../protocol/model';

/** A session that follows its own viewer, or a window that is dragged, has another size for a moment. */
const SETTLED_MS = 500;

/**
 * Says that the session has another size than this terminal in the only place that is not the session's while it is shown:
 * the terminal's title. The screen that is drawn once it has this one's again brings the session's own title back.
 */
export class SizeNotice implements IDisposable {
  private _timer: NodeJS.Timeout | undefined;

  public constructor(
    private readonly _name: string,
    private readonly _setTitle: (title: string) => void,
  ) {}

  /** One of the two has changed, or the screen was drawn anew. */
  public update(here: Size, inForce: Size): void {
    this.dispose();
    if (here.cols !== inForce.cols || here.rows !== inForce.rows) {
      this._timer = setTimeout(() => this._setTitle(this._text(here, inForce)), SETTLED_MS);
    }
  }

  public dispose(): void {
    clearTimeout(this._timer);
    this._timer = undefined;
  }

  private _text(here: Size, inForce: Size): string {
    const name = printable(this._name);
    return `${name}: shown in ${inForce.cols}x${inForce.rows}, this terminal has ${here.cols}x${here.rows}`;
  }
}

import type { IDisposable } from '../../lifecycle/lifecycle';
import type { Size } from '../../protocol/model';

/** Sizes that follow each other faster than this, as while a window is dragged, cost one screen. */
const SETTLE_MS = 50;
/** Without a daemon there is no screen to be had; it is back soon. */
const RETRY_MS = 1000;

/** A session that keeps another size than this terminal has got, as another viewer's, is not waited for longer. */
const UNFOLLOWED_MS = 500;

/**
 * Has the screen drawn anew once the session has the outer terminal's size again. While it has another one, given by
 * another viewer, its rows wrap and scroll otherwise than they do here, and nothing that is written later mends that. So
 * do they when this terminal's own size changes: it has other rows above the screen to take back, and wraps in its own way.
 */
export class Redrawing implements IDisposable {
  /** What is shown may not be the session's screen: it has had another size than this terminal, or this terminal has. */
  private _isStale = false;
  /** This terminal's own size has changed since. */
  private _isResized = false;
  /** Something was written while the session had another viewer's size: other rows have scrolled out here than there. */
  private _isAskew = false;
  private _isDrawing = false;
  private _timer: NodeJS.Timeout | undefined;
  private _isDisposed = false;

  /** @param _redraw whether the screen could be had */
  public constructor(
    private _outer: Size,
    private _inForce: Size,
    private readonly _redraw: () => Promise<boolean>,
  ) {
    this.follow(_inForce);
  }

  /** The size that the session has, as far as it was told. */
  public get inForce(): Size {
    return this._inForce;
  }

  public get isAskew(): boolean {
    return this._isAskew;
  }

  /** Something of the session was shown. */
  public wrote(): void {
    this._isAskew ||= !this._fits && !this._isResized && !this._isDrawing;
  }

  /** The session has another size. */
  public follow(size: Size): void {
    this._inForce = size;
    this._isStale ||= !this._fits;
    this._schedule(SETTLE_MS);
  }

  /** The outer terminal has another size. */
  public resize(outer: Size): void {
    this._outer = outer;
    this._isStale = true;
    this._isResized = true;
    this._schedule(SETTLE_MS);
  }

  public dispose(): void {
    this._isDisposed = true;
    clearTimeout(this._timer);
  }

  private get _fits(): boolean {
    return this._inForce.cols === this._outer.cols && this._inForce.rows === this._outer.rows;
  }

  private _schedule(ms: number): void {
    clearTimeout(this._timer);
    this._timer = undefined;
    if (this._isStale && (this._fits || this._isResized) && !this._isDrawing && !this._isDisposed) {
      this._timer = setTimeout(() => void this._draw(), this._fits ? ms : Math.max(ms, UNFOLLOWED_MS));
    }
  }

  private async _draw(): Promise<void> {
    this._isDrawing = true;
    // The screen may have been of a moment before: its size is told with it, and counts again.
    const wasResized = this._isResized;
    this._isStale = !this._fits;
    this._isResized = false;
    const isDrawn = await this._redraw();
    this._isDrawing = false;
    this._isAskew &&= !isDrawn || !this._fits;
    this._isStale ||= !isDrawn;
    this._isResized ||= wasResized && !isDrawn;
    this._schedule(isDrawn ? SETTLE_MS : RETRY_MS);
  }
}

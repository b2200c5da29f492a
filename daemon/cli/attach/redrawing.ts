import type { IDisposable } from '../../lifecycle/lifecycle';
import type { Size } from '../../protocol/model';

/** Sizes that follow each other faster than this, as while a window is dragged, cost one screen. */
const SETTLE_MS = 50;
/** Without a daemon there is no screen to be had; it is back soon. */
const RETRY_MS = 1000;

/**
 * Has the screen drawn anew once the session has the outer terminal's size again. While it has another one, given by
 * another viewer, its rows wrap and scroll otherwise than they do here, and nothing that is written later mends that.
 * A size of this terminal's own that it has just given up is none of another's: both wrap alike then.
 */
export class Redrawing implements IDisposable {
  private readonly _own = new Set<string>();
  private _isForeign = false;
  private _isDrawing = false;
  private _timer: NodeJS.Timeout | undefined;
  private _isDisposed = false;

  /** @param _redraw whether the screen could be had */
  public constructor(
    private _outer: Size,
    private _inForce: Size,
    private readonly _redraw: () => Promise<boolean>,
  ) {
    this._own.add(textOf(_outer));
    this.follow(_inForce);
  }

  /** The size that the session has, as far as it was told. */
  public get inForce(): Size {
    return this._inForce;
  }

  /** The session has another size. */
  public follow(size: Size): void {
    this._inForce = size;
    if (this._fits) {
      this._own.clear();
      this._own.add(textOf(size));
    } else if (!this._own.has(textOf(size))) {
      this._isForeign = true;
    }
    this._schedule(SETTLE_MS);
  }

  /** The outer terminal has another size. */
  public resize(outer: Size): void {
    this._outer = outer;
    this._own.add(textOf(outer));
    this._schedule(SETTLE_MS);
  }

  public dispose(): void {
    this._isDisposed = true;
    clearTimeout(this._timer);
  }

  private get _fits(): boolean {
    return textOf(this._inForce) === textOf(this._outer);
  }

  private _schedule(ms: number): void {
    clearTimeout(this._timer);
    this._timer = undefined;
    if (this._isForeign && this._fits && !this._isDrawing && !this._isDisposed) {
      this._timer = setTimeout(() => void this._draw(), ms);
    }
  }

  private async _draw(): Promise<void> {
    this._isDrawing = true;
    // The screen may have been of a moment before: its size is told with it, and counts again.
    this._isForeign = false;
    const isDrawn = await this._redraw();
    this._isDrawing = false;
    this._isForeign ||= !isDrawn;
    this._schedule(isDrawn ? SETTLE_MS : RETRY_MS);
  }
}

const textOf = ({ cols, rows }: Size): string => `${cols}x${rows}`;

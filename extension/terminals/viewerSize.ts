import type { IDisposable } from '../../daemon/lifecycle/lifecycle';
import type { Size } from '../../daemon/protocol/model';

/**
 * A new terminal's size is provisional: VS Code corrects it up to twice within 50–100 ms, once it knows the
 * font. Programs that fill the screen would redraw each time.
 */
export const RESIZE_DELAY_MS = 90;
/**
 * The same where a window comes back: its layout comes up in steps, and the renderer that draws with the GPU, which
 * measures characters otherwise, later, once there is something to draw. For 60 to 300 ms, on a crowded machine up to a
 * second, a tab has another size than it had before and is to have again.
 */
export const SETTLE_MS = 1000;
/** A size that was sent and has not come back by then was in force already. */
const IN_FLIGHT_MS = 2000;

export const sameSize = (a: Size, b: Size): boolean => a.cols === b.cols && a.rows === b.rows;

/** Joins sizes that follow each other closely into one. */
export class ResizeDelay implements IDisposable {
  private _timer: NodeJS.Timeout | undefined;

  public constructor(private readonly _send: (size: Size) => void) {}

  public push(size: Size, delayMs = RESIZE_DELAY_MS): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._send(size), delayMs);
  }

  public dispose(): void {
    clearTimeout(this._timer);
  }
}

/**
 * Tells a size that another viewer has put in force from the echo of one's own: an older echo must not shrink
 * a terminal that has grown since.
 */
export class SizeInForce {
  private readonly _sent: { readonly size: Size; readonly at: number }[] = [];

  public constructor(private readonly _now: () => number = Date.now) {}

  public sent(size: Size): void {
    this._sent.push({ size, at: this._now() });
  }

  /** @returns the size to show instead of the panel's own, `own` when that is it, undefined for no change. */
  public arrived(size: Size, own: Size | undefined): Size | 'own' | undefined {
    const since = this._now() - IN_FLIGHT_MS;
    while (this._sent[0] !== undefined && this._sent[0].at < since) {
      this._sent.shift();
    }
    const echo = this._sent.findIndex((sent) => sameSize(sent.size, size));
    if (echo >= 0) {
      this._sent.splice(0, echo + 1);
      return this._sent.length === 0 ? 'own' : undefined;
    }
    return own !== undefined && sameSize(own, size) ? 'own' : size;
  }
}

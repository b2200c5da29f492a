import type { Attachment } from '../../daemon/client';
import { Emitter } from '../../daemon/lifecycle/event';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import type { Size } from '../../daemon/protocol/model';
import { ResizeDelay, SizeInForce, sameSize } from './viewerSize';

/** What VS Code says as long as the panel was never shown; nobody sees a terminal of that size. */
const NEVER_SHOWN: Size = { cols: 80, rows: 30 };
/** `onDidOverrideDimensions(undefined)` does not reset (1.139); a size beyond any panel does. */
const NO_OVERRIDE: Size = { cols: 500, rows: 200 };

/** The size that a tab has room for, against the size of the terminal it views. */
export class PaneSize extends Disposable {
  private readonly _onDidOverride = this._register(new Emitter<Size>());
  /** VS Code is to show this size instead of the tab's own, or again as much as there is room for. */
  public readonly onDidOverride = this._onDidOverride.event;

  private readonly _resizes = this._register(new ResizeDelay((size) => this._send(size)));
  private _own: Size | undefined;
  private _foreign: Size | undefined;
  private _inForce = new SizeInForce();
  private _attachment: Attachment | undefined;
  /** Whether the PTY host has been told this viewer's size. */
  private _isKnown = false;

  public constructor(private readonly _readOnly: boolean) {
    super();
  }

  /** The size that is shown although the tab has room for another, or undefined. */
  public get foreign(): Size | undefined {
    return this._foreign;
  }

  /** What to attach with: nothing as long as nobody sees the terminal. */
  public get wanted(): Size | undefined {
    return this._own === undefined || this._readOnly || sameSize(this._own, NEVER_SHOWN)
      ? undefined
      : this._own;
  }

  /** VS Code has room for this size. */
  public changed(size: Size | undefined): void {
    if (size !== undefined && (this._own === undefined || !sameSize(size, this._own))) {
      this._own = size;
      this._resizes.push(size);
    }
  }

  /** Viewing begins. @param size what it was asked for with */
  public attached(attachment: Attachment, size: Size | undefined): void {
    this._attachment = attachment;
    this._inForce = new SizeInForce();
    this._isKnown = size !== undefined;
    if (this._own !== undefined && size !== undefined && !sameSize(this._own, size)) {
      this._resizes.push(this._own);
    }
  }

  public detached(): void {
    this._resizes.dispose();
    this._attachment = undefined;
  }

  /** Somebody types here: a size is needed, also one that nobody sees. */
  public typed(): void {
    if (!this._isKnown && this._own !== undefined) {
      this._tell(this._own);
    }
  }

  /** Another viewer's size is shown as it is, so that its rows stand where the program put them. */
  public arrived(inForce: Size): void {
    const shown = this._inForce.arrived(inForce, this._own);
    if (shown === undefined) {
      return;
    }
    if (shown !== 'own') {
      this._foreign = shown;
      this._onDidOverride.fire(shown);
    } else if (this._foreign !== undefined) {
      this._foreign = undefined;
      this._onDidOverride.fire(NO_OVERRIDE);
    }
  }

  private _send(size: Size): void {
    if (!sameSize(size, NEVER_SHOWN)) {
      this._tell(size);
    }
  }

  private _tell(size: Size): void {
    if (this._attachment !== undefined && !this._readOnly) {
      this._isKnown = true;
      this._inForce.sent(size);
      this._attachment.resize(size);
    }
  }
}

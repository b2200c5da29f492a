import type { Attachment } from '../../daemon/client';
import { Emitter } from '../../daemon/lifecycle/event';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import type { Size } from '../../daemon/protocol/model';
import { RESIZE_DELAY_MS, ResizeDelay, SETTLE_MS, SizeInForce, sameSize } from './viewerSize';

/** What VS Code says as long as a tab was never shown; nobody sees a terminal of that size. */
const NEVER_SHOWN: Size = { cols: 80, rows: 30 };
/** `onDidOverrideDimensions(undefined)` does not reset (1.139); a size beyond any panel does. */
const NO_OVERRIDE: Size = { cols: 500, rows: 200 };

/** For so long a tab that comes back may be given sizes that it only passes through. */
const COMING_BACK_MS = 3000;

/** Why VS Code's terminal was asked for its size. */
type Reason = 'looked-at' | 'typed';

/**
 * The size that a tab has room for, against the size of the terminal it views.
 *
 * VS Code tells changes only, and a tab that is first shown takes over the grid of the last one without telling
 * (`_setLastKnownColsAndRows` in its terminalInstance.ts, 1.139): where that is right already, nothing is ever told. So
 * VS Code's terminal is asked itself while its size is not certain. Until then no size is claimed for the tab, and none is
 * shown in place of its own, since the answer would be that one.
 *
 * Where a window comes back, a tab passes through sizes before it has its old one again. It is viewed without a size then,
 * as one that nobody sees, so that its program is told of none of them.
 */
export class PaneSize extends Disposable {
  private readonly _onDidOverride = this._register(new Emitter<Size>());
  /** VS Code is to show this size instead of the tab's own, or again as much as there is room for. */
  public readonly onDidOverride = this._onDidOverride.event;
  private readonly _onDidAsk = this._register(new Emitter<void>());
  /** VS Code's terminal is to be asked for its size; `answered` takes what it says. */
  public readonly onDidAsk = this._onDidAsk.event;
  private readonly _onDidAppear = this._register(new Emitter<void>());
  /**
   * What was attached without a size has one now. It is to be attached anew with it: its screen was written into a
   * grid of another size, and a program that has the right size already would not draw it again.
   */
  public readonly onDidAppear = this._onDidAppear.event;

  private readonly _resizes = this._register(new ResizeDelay((size) => this._send(size)));
  private _own: Size | undefined;
  /** False while `_own` may be what a tab has that was never shown. */
  private _isCertain = false;
  private readonly _questions: Reason[] = [];
  private _foreign: Size | undefined;
  private _inForce = new SizeInForce();
  private _attachment: Attachment | undefined;
  /** Whether it was attached while it had no size, or one that may not stay. */
  private _isUnseen = false;
  /** Until when a tab that comes back may pass through sizes. */
  private _comesBackUntil: number | undefined;

  /** @param _sizeBefore for a tab that comes back: what its running program has, most likely from there */
  public constructor(
    private readonly _readOnly: boolean,
    private readonly _sizeBefore?: () => Size | undefined,
  ) {
    super();
  }

  /** The size that is shown although the tab has room for another, or undefined. */
  public get foreign(): Size | undefined {
    return this._foreign;
  }

  /** What to attach with: nothing as long as nobody sees the terminal, or its size may not stay. */
  public get wanted(): Size | undefined {
    return this._readOnly || this._own === undefined || this._mayPass(this._own) ? undefined : this._own;
  }

  /** As much room as VS Code's terminal has, as far as it is known. */
  public get room(): Size {
    return this._own ?? NEVER_SHOWN;
  }

  /** VS Code has room for this size. */
  public changed(size: Size | undefined): void {
    this._comesBackUntil ??= Date.now() + COMING_BACK_MS;
    if (size !== undefined && (this._isCertain || !sameSize(size, NEVER_SHOWN))) {
      this._isCertain = true;
      this._learn(size);
    }
  }

  /** VS Code's terminal has answered. @param isInFront whether it is the one that keys go to */
  public answered(size: Size, isInFront: boolean): void {
    const reason = this._questions.shift();
    if (reason === undefined || this._isCertain) {
      return;
    }
    if (!sameSize(size, NEVER_SHOWN)) {
      this._isCertain = true;
      this._learn(size);
    } else if (reason === 'typed' && isInFront) {
      // There are tabs of just this size. Should it be another's, the next key asks again.
      this._learn(size);
    }
  }

  /** Viewing begins. @param size what it was asked for with */
  public attached(attachment: Attachment, size: Size | undefined): void {
    this._attachment = attachment;
    this._inForce = new SizeInForce();
    // What was asked through another attachment may never have been.
    this._questions.length = 0;
    this._isUnseen = this._own === undefined || (size === undefined && !this._readOnly);
    if (this._own !== undefined && (size === undefined ? this._isUnseen : !sameSize(this._own, size))) {
      this._push(this._own);
    }
    this._ask('looked-at');
  }

  public detached(): void {
    this._resizes.dispose();
    this._attachment = undefined;
  }

  /** What is shown has ended: all of the tab is there for it. */
  public ended(): void {
    if (this._foreign !== undefined) {
      this._foreign = undefined;
      this._onDidOverride.fire(NO_OVERRIDE);
    }
  }

  /** The tab is in front. */
  public lookedAt(): void {
    this._ask('looked-at');
  }

  /** Somebody types here: a size is needed. */
  public typed(): void {
    if (this._questions.at(-1) !== 'typed') {
      this._ask('typed');
    }
    if (this._isUnseen && this._own !== undefined && !this._mayPass(this._own)) {
      this._tell(this._own);
    }
  }

  /** Another viewer's size is shown as it is, so that its rows stand where the program put them. */
  public arrived(inForce: Size): void {
    const isKnown = this._isCertain && !this._isUnseen;
    const shown = isKnown ? this._inForce.arrived(inForce, this._own) : undefined;
    if (shown === undefined) {
      return;
    }
    if (shown !== 'own') {
      this._foreign = shown;
      this._onDidOverride.fire(shown);
    } else {
      this.ended();
    }
  }

  private _ask(reason: Reason): void {
    if (this._attachment !== undefined && !this._isCertain) {
      this._questions.push(reason);
      this._onDidAsk.fire();
    }
  }

  private _learn(size: Size): void {
    if (this._own === undefined || !sameSize(size, this._own)) {
      this._own = size;
      this._push(size);
    }
  }

  private _push(size: Size): void {
    this._resizes.push(size, this._mayPass(size) ? SETTLE_MS : RESIZE_DELAY_MS);
  }

  /** Whether a program would be told of a size perhaps only to be told soon that it has its old one again. */
  private _mayPass(size: Size): boolean {
    const before = this._readOnly ? undefined : this._sizeBefore?.();
    return before !== undefined && !sameSize(before, size) && Date.now() < (this._comesBackUntil ?? 0);
  }

  private _send(size: Size): void {
    if (this._mayPass(size)) {
      // It has stayed: what comes now is another one.
      this._comesBackUntil = 0;
    }
    if (this._isUnseen && this._attachment !== undefined) {
      this._onDidAppear.fire();
    } else {
      this._tell(size);
    }
  }

  private _tell(size: Size): void {
    if (this._attachment !== undefined && !this._readOnly) {
      this._inForce.sent(size);
      this._attachment.resize(size);
    }
  }
}

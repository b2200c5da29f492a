import { type Terminal, TerminalExitReason, window } from 'vscode';
import { Emitter } from '../../daemon/lifecycle/event';
import { Disposable, toDisposable } from '../../daemon/lifecycle/lifecycle';

/**
 * When a window goes, its terminals close one after the other, and what is left of them becomes the active one for a
 * moment: nobody has chosen it.
 */
const SETTLE_MS = 250;

/** Knows in which order the terminals of this window were the active one. */
export class LastActive extends Disposable {
  private readonly _order = new WeakMap<Terminal, number>();
  private _count = 0;
  private _isLeaving = false;
  private _timer: NodeJS.Timeout | undefined;
  private readonly _onDidChange = this._register(new Emitter<void>());
  public readonly onDidChange = this._onDidChange.event;

  public constructor() {
    super();
    this._register(window.onDidChangeActiveTerminal(() => this._settle()));
    this._register(
      window.onDidCloseTerminal((terminal) => {
        this._isLeaving ||= terminal.exitStatus?.reason === TerminalExitReason.Shutdown;
      }),
    );
    this._register(toDisposable(() => clearTimeout(this._timer)));
  }

  /** A terminal is the active one now, or is about to be. */
  public note(terminal: Terminal): void {
    this._count++;
    this._order.set(terminal, this._count);
    this._onDidChange.fire();
  }

  /** The one of these that was active last; undefined when none of them ever was. */
  public among(terminals: readonly Terminal[]): Terminal | undefined {
    const at = (terminal: Terminal): number => this._order.get(terminal) ?? 0;
    const [latest] = [...terminals].sort((a, b) => at(b) - at(a));
    return latest !== undefined && at(latest) > 0 ? latest : undefined;
  }

  private _settle(): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => {
      if (!this._isLeaving && window.activeTerminal !== undefined) {
        this.note(window.activeTerminal);
      }
    }, SETTLE_MS);
  }
}

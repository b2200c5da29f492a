import { Emitter, type Event } from '../lifecycle/event';
import { Disposable } from '../lifecycle/lifecycle';
import type { SessionsChanged } from '../protocol/events';
import type { SessionId, TerminalId } from '../protocol/ids';

/**
 * Whether the PTY host of a viewed terminal answers. Its stream says nothing of it: a program that is silent looks the
 * same. The daemon asks all PTY hosts now and then, and tells.
 */
export class Reach extends Disposable {
  private readonly _onDidChange = this._register(new Emitter<boolean>());
  public readonly onDidChange = this._onDidChange.event;
  private _isReachable = true;

  public constructor(changes: Event<SessionsChanged.Params>, session: SessionId, terminal: TerminalId) {
    super();
    this._register(
      changes(({ changed }) => {
        const info = changed.find(({ id }) => id === session)?.terminals.find(({ id }) => id === terminal);
        if (info !== undefined) {
          this._set(info.state !== 'unreachable');
        }
      }),
    );
  }

  public get isReachable(): boolean {
    return this._isReachable;
  }

  /** Something came from it: it goes on, before the daemon has noticed. */
  public heard(): void {
    this._set(true);
  }

  private _set(isReachable: boolean): void {
    if (isReachable !== this._isReachable) {
      this._isReachable = isReachable;
      this._onDidChange.fire(isReachable);
    }
  }
}

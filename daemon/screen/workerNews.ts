import { Emitter } from '../lifecycle/event';
import { Disposable } from '../lifecycle/lifecycle';
import type { Offset, TerminalId } from '../protocol/ids';
import type { ShellMark } from './shellMarks';
import type { FromWorker, ScreenState } from './workerMessages';

/** What workers tell unasked of the terminals whose output they read. */
export class WorkerNews extends Disposable {
  private readonly _onState = this._register(new Emitter<ScreenState>());
  public readonly onState = this._onState.event;
  private readonly _onBell = this._register(new Emitter<TerminalId>());
  public readonly onBell = this._onBell.event;
  private readonly _onGap = this._register(new Emitter<{ terminal: TerminalId; from: Offset; to: Offset }>());
  public readonly onGap = this._onGap.event;
  private readonly _onShellMark = this._register(new Emitter<{ terminal: TerminalId; mark: ShellMark }>());
  public readonly onShellMark = this._onShellMark.event;
  private readonly _onBroken = this._register(new Emitter<{ terminal: TerminalId; path: string }>());
  public readonly onBroken = this._onBroken.event;
  private readonly _held = new Map<TerminalId, FromWorker[]>();

  /** What comes of `terminal` from now on is told, in its order, once `until` is fulfilled; never, should it be rejected. */
  public hold(terminal: TerminalId, until: Promise<unknown>): void {
    const held: FromWorker[] = [];
    this._held.set(terminal, held);
    const letGo = (messages: readonly FromWorker[]): void => {
      if (this._held.get(terminal) === held) {
        this._held.delete(terminal);
        for (const message of messages) {
          this._tell(message);
        }
      }
    };
    until.then(
      () => letGo(held),
      () => letGo([]),
    );
  }

  public hear(message: FromWorker): void {
    const terminal = subject(message);
    const held = terminal === undefined ? undefined : this._held.get(terminal);
    if (held === undefined) {
      this._tell(message);
    } else {
      held.push(message);
    }
  }

  private _tell(message: FromWorker): void {
    switch (message.kind) {
      case 'state':
        this._onState.fire(message.state);
        return;
      case 'shell':
        this._onShellMark.fire({ terminal: message.terminal, mark: message.mark });
        return;
      case 'bell':
        this._onBell.fire(message.terminal);
        return;
      case 'setAside':
        this._onBroken.fire({ terminal: message.terminal, path: message.path });
        return;
      case 'gap':
        this._onGap.fire({ terminal: message.terminal, from: message.from, to: message.to });
        return;
      default:
        return;
    }
  }
}

/** The terminal that a message is about, of those that nobody waits for. */
const subject = (message: FromWorker): TerminalId | undefined => {
  switch (message.kind) {
    case 'state':
      return message.state.terminal;
    case 'shell':
    case 'bell':
    case 'setAside':
    case 'gap':
      return message.terminal;
    default:
      return undefined;
  }
};

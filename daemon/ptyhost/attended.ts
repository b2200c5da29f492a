import { Disposable, toDisposable } from '../lifecycle/lifecycle';
import type { TerminalId } from '../protocol/ids';

/** Who types is at it for longer than a key. */
const REST_MS = 1000;

/** Tells at which terminals somebody is: at once, and each second at most while keys come. */
export class Attended extends Disposable {
  /** Told a moment ago; whether there was more since. */
  private readonly _resting = new Map<TerminalId, { isWanted: boolean; readonly timer: NodeJS.Timeout }>();

  public constructor(private readonly _tell: (terminal: TerminalId) => void) {
    super();
    this._register(
      toDisposable(() => {
        for (const { timer } of this._resting.values()) {
          clearTimeout(timer);
        }
      }),
    );
  }

  /** Called for each key. */
  public note(terminal: TerminalId): void {
    const rest = this._resting.get(terminal);
    if (rest !== undefined) {
      rest.isWanted = true;
    } else if (!this._isDisposed) {
      this._rest(terminal);
      this._tell(terminal);
    }
  }

  private _rest(terminal: TerminalId): void {
    const timer = setTimeout(() => {
      const wanted = this._resting.get(terminal)?.isWanted === true;
      this._resting.delete(terminal);
      if (wanted) {
        this.note(terminal);
      }
    }, REST_MS);
    timer.unref();
    this._resting.set(terminal, { isWanted: false, timer });
  }
}

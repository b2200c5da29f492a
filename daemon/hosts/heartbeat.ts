import { Emitter } from '../lifecycle/event';
import { Disposable, toDisposable } from '../lifecycle/lifecycle';

/** With the next: somebody who looks learns within five seconds, nine at most, that a PTY host is stopped. */
const INTERVAL_MS = 2000;
/** A PTY host does nothing that blocks, but a machine that is busy or swaps makes everybody wait. */
const SILENCE_MS = 3000;
/** So often a process that computes is waited for. */
const MAX_ROUNDS = 4;
/** This process may have slept itself, with the machine's lid closed: what has arrived meanwhile is read first. */
const READING_MS = 250;

/**
 * Whether the other side of a connection answers, asked now and then while somebody wants to know. Silence breaks
 * nothing: the same connection goes on as soon as there is an answer, however late.
 */
export class Heartbeat extends Disposable {
  private readonly _onSilent = this._register(new Emitter<void>());
  public readonly onSilent = this._onSilent.event;
  private readonly _onAnswer = this._register(new Emitter<void>());
  /** It answers again after `onSilent`. */
  public readonly onAnswer = this._onAnswer.event;
  private _timer: NodeJS.Timeout | undefined;
  private _isWaiting = false;
  private _isSilent = false;

  /**
   * @param _ask settles when anything comes back, an error too
   * @param _work grows while the other side computes; undefined when that is not known
   */
  public constructor(
    private readonly _ask: () => Promise<unknown>,
    private readonly _work: () => number | undefined,
    isWanted: () => boolean,
  ) {
    super();
    const interval = setInterval(() => {
      if (isWanted()) {
        this.ask();
      }
    }, INTERVAL_MS);
    interval.unref();
    this._register(toDisposable(() => clearInterval(interval)));
    this._register(toDisposable(() => clearTimeout(this._timer)));
  }

  /** Asks now, unless an answer is being waited for. */
  public ask(): void {
    if (this._isWaiting || this._isDisposed) {
      return;
    }
    this._isWaiting = true;
    this._listen(MAX_ROUNDS);
    const answered = (): void => this._answered();
    this._ask().then(answered, answered);
  }

  /** A process that computes is late, not hung: it is given more time, but not for ever. */
  private _listen(rounds: number): void {
    const before = this._work();
    const isAtWork = (): boolean => this._work() !== before;
    this._wait(SILENCE_MS, () =>
      this._wait(READING_MS, () => (rounds > 1 && isAtWork() ? this._listen(rounds - 1) : this._silent())),
    );
  }

  private _wait(ms: number, then: () => void): void {
    this._timer = setTimeout(then, ms);
    this._timer.unref();
  }

  private _silent(): void {
    this._isSilent = true;
    this._onSilent.fire();
  }

  private _answered(): void {
    clearTimeout(this._timer);
    this._isWaiting = false;
    if (this._isSilent && !this._isDisposed) {
      this._isSilent = false;
      this._onAnswer.fire();
    }
  }
}

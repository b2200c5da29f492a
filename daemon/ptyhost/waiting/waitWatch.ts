import { Emitter } from '../../lifecycle/event';
import { Disposable, toDisposable } from '../../lifecycle/lifecycle';
import { CAN_BE_KNOWN, type Look, type Verdict } from './lookForWait';

/** Who asks something has written it, and is silent then. */
const FIRST_LOOK_MS = 500;
/**
 * A program may come to its question some time after its last output. Who has been silent for twice this long is looked at again
 * when it writes, or somebody types: a look takes half a millisecond, and a thousand sessions may have been started at once.
 */
const LAST_LOOK_MS = 4000;

/** CR, LF, Ctrl-C, Ctrl-D and Ctrl-\: what ends a read of a line. */
const ENDS_A_READ = [0x0d, 0x0a, 0x03, 0x04, 0x1c];

/**
 * Follows whether a terminal's program waits for somebody to type. Looks when its output has been silent for half a second,
 * then after twice the time each time, up to eight seconds: a session at rest costs nothing, and one that writes a timer.
 */
export class WaitWatch extends Disposable {
  private readonly _onDidChange = this._register(new Emitter<void>());
  /** Also when another line is waited for than before: then it is null in between. */
  public readonly onDidChange = this._onDidChange.event;
  private _waiting: Verdict = CAN_BE_KNOWN ? null : undefined;
  private _stirredAt = performance.now();
  private _delay = FIRST_LOOK_MS;
  private _timer: NodeJS.Timeout | undefined;
  private _looks = 0;

  public constructor(private readonly _look: () => Promise<Look>) {
    super();
    this._register(toDisposable(() => clearTimeout(this._timer)));
  }

  public get waiting(): Verdict {
    return this._waiting;
  }

  /** The program has started, or has written. Called for each piece of output. */
  public stirred(): void {
    this._stirredAt = performance.now();
    if (this._timer === undefined || this._delay > FIRST_LOOK_MS) {
      this._delay = FIRST_LOOK_MS;
      this._schedule(FIRST_LOOK_MS);
    }
  }

  /** Somebody has typed. */
  public typed(keys: Buffer): void {
    if (typeof this._waiting === 'string' && ENDS_A_READ.some((byte) => keys.includes(byte))) {
      // What was waited for has come: the next line that is waited for is another one.
      this._looks += 1;
      this._set(null);
    }
    this.stirred();
  }

  private _schedule(ms: number): void {
    clearTimeout(this._timer);
    if (!this._isDisposed && CAN_BE_KNOWN) {
      this._timer = setTimeout(() => this._due(), ms);
      this._timer.unref();
    }
  }

  private _due(): void {
    this._timer = undefined;
    const silent = performance.now() - this._stirredAt;
    if (silent < FIRST_LOOK_MS) {
      this._schedule(FIRST_LOOK_MS - silent);
      if (typeof this._waiting !== 'string') {
        return;
      }
      // It was said to wait, and writes: that is to be true or taken back.
    } else if (this._delay <= LAST_LOOK_MS) {
      this._schedule(this._delay);
      this._delay *= 2;
    }
    void this._lookNow();
  }

  private async _lookNow(): Promise<void> {
    this._looks += 1;
    const look = this._looks;
    const verdict = await this._look();
    if (look !== this._looks || verdict === 'no-answer') {
      // Somebody has typed meanwhile; or it is not known anew, and what was known stays.
      return;
    }
    if (typeof this._waiting === 'string' && verdict !== this._waiting) {
      // It may have been in a signal's handler just then, and read on.
      this.stirred();
    }
    this._set(verdict);
  }

  private _set(verdict: Verdict): void {
    if (verdict !== this._waiting && !this._isDisposed) {
      this._waiting = verdict;
      this._onDidChange.fire();
    }
  }
}

import { Emitter } from '../../daemon/lifecycle/event';
import { Disposable, toDisposable } from '../../daemon/lifecycle/lifecycle';
import { TokenStripper } from './parseTokens';

/** How long the beginning of an answer may wait for its rest: less than people notice behind an ESC key. */
const PARTIAL_ANSWER_MS = 20;

/** What VS Code's terminal sends, parted into input and answers to parse tokens. */
export class KeyInput extends Disposable {
  private readonly _onInput = this._register(new Emitter<string>());
  public readonly onInput = this._onInput.event;
  private readonly _stripper = new TokenStripper();
  private _timer: NodeJS.Timeout | undefined;

  public constructor() {
    super();
    this._register(toDisposable(() => clearTimeout(this._timer)));
  }

  /** @param expecting whether an answer is due. @returns how many there were */
  public push(data: string, expecting: boolean): number {
    clearTimeout(this._timer);
    const { input, answers } = this._stripper.push(data, expecting);
    if (this._stripper.isHolding) {
      this._timer = setTimeout(() => this._fire(this._stripper.flush()), PARTIAL_ANSWER_MS);
    }
    this._fire(input);
    return answers;
  }

  private _fire(input: string): void {
    if (input !== '') {
      this._onInput.fire(input);
    }
  }
}

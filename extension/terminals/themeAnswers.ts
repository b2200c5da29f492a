import { type ThemeColors, ThemeProbe } from '../../daemon/client';
import { Disposable, toDisposable } from '../../daemon/lifecycle/lifecycle';

export interface ThemeAnswersSink {
  /** Is to be written to VS Code's terminal, between sequences. */
  ask(question: string): void;
  /** What VS Code's terminal sent and no answer was. */
  input(input: string): void;
  told(colors: ThemeColors): void;
}

/**
 * Learns the colours of VS Code's theme from its own terminal, as no API tells them, and keeps the answers from the
 * program. Answers are taken out up to the last, however late they come: a page that sleeps answers when it wakes.
 */
export class ThemeAnswers extends Disposable {
  private _probe: ThemeProbe | undefined;
  private _isDue = false;
  private _isTold = false;

  public constructor(private readonly _sink: ThemeAnswersSink) {
    super();
    this._register(toDisposable(() => this._probe?.dispose()));
  }

  /** Asks, or asks once more when the answers to the last question are there. */
  public ask(): void {
    if (this._probe !== undefined) {
      this._isDue = true;
      return;
    }
    this._isDue = false;
    this._probe = new ThemeProbe({
      send: (data) => this._sink.input(data.toString()),
      told: (colors) => {
        this._isTold = true;
        this._sink.told(colors);
      },
    });
    this._sink.ask(ThemeProbe.question);
  }

  /** Asks unless there is an answer: a terminal that was never shown has no colours. */
  public askUnlessTold(): void {
    if (!this._isTold && this._probe === undefined) {
      this.ask();
    }
  }

  public push(input: string): void {
    const probe = this._probe;
    if (probe === undefined) {
      this._sink.input(input);
      return;
    }
    probe.push(Buffer.from(input));
    if (probe.isOver) {
      this._probe = undefined;
      if (this._isDue) {
        this.ask();
      }
    }
  }
}

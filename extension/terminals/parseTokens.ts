/**
 * VS Code tells an extension nothing about how far its terminal has parsed what was written. A question that
 * every emulator answers in order does: DECRQM (`CSI ? Ps $ p`) for a private mode that nobody uses is
 * answered by DECRPM (`CSI ? Ps ; 0 $ y`) once everything in front of it has been parsed.
 */
const MODE = '7000001';

/** Write it between sequences; its answer says that all before it was parsed. */
export const PARSE_TOKEN = `\x1b[?${MODE}$p`;

const ANSWER = new RegExp(`\\x1b\\[\\?${MODE};\\d\\$y`, 'g');
const LONGEST_ANSWER = `\x1b[?${MODE};0$y`.length;
/** The beginnings of an answer, from ESC alone to all but its last character: ESC(?:\[(?:\?(?:7…)?)?)? */
const PARTIAL = new RegExp(
  `\\x1b${['\\[', '\\?', ...MODE, ';', '\\d', '\\$'].reduceRight((rest, part) => `(?:${part}${rest})?`, '')}$`,
);

export interface Stripped {
  /** Input that is the user's or the program's. */
  readonly input: string;
  /** How many tokens were answered. */
  readonly answers: number;
}

/** Takes the answers out of a terminal's input, also when one arrives in pieces. */
export class TokenStripper {
  private _held = '';

  /** Whether the beginning of what may be an answer is held back; `flush` gives it up. */
  public get isHolding(): boolean {
    return this._held !== '';
  }

  /** @param expecting whether an answer is due: without one nothing is held back, so that a lone ESC acts at once. */
  public push(data: string, expecting: boolean): Stripped {
    let text = this._held + data;
    this._held = '';
    let answers = 0;
    text = text.replace(ANSWER, () => {
      answers++;
      return '';
    });
    if (expecting) {
      const partial = PARTIAL.exec(text.slice(-LONGEST_ANSWER));
      if (partial !== null) {
        this._held = partial[0];
        text = text.slice(0, text.length - this._held.length);
      }
    }
    return { input: text, answers };
  }

  /** What was held back and turned out to be input after all. */
  public flush(): string {
    const held = this._held;
    this._held = '';
    return held;
  }
}

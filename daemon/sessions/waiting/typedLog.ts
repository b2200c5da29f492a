import type { TerminalId } from '../../protocol/ids';

/** Something that a caller has had typed. */
export interface Typed {
  /** Everything before it had been written when it was typed. */
  readonly offset: number;
  readonly text: string;
  /** Whether it entered a line, or may have. */
  readonly enters: boolean;
  /** The newest command of the terminal's shell at that time. */
  readonly command: number;
}

/** Of a terminal: waits look at what was typed last. */
const MAX_ENTRIES = 200;
const MAX_CHARACTERS = 64 * 1024;

/**
 * What callers have had typed lately, so that a wait tells its answer from its echo, and a command that ended before the wait
 * began from one that ended before it was typed. In memory only: what is typed is never stored.
 */
export class TypedLog {
  private readonly _typed = new Map<TerminalId, Typed[]>();

  public note(terminal: TerminalId, typed: Typed): void {
    const all = this._typed.get(terminal) ?? [];
    all.push(typed);
    let characters = all.reduce((sum, { text }) => sum + text.length, 0);
    while (all.length > MAX_ENTRIES || (characters > MAX_CHARACTERS && all.length > 1)) {
      characters -= all.shift()?.text.length ?? 0;
    }
    this._typed.set(terminal, all);
  }

  /** The lines that were typed at or behind `offset`, in their order; the last one may not be entered yet. */
  public linesSince(terminal: TerminalId, offset: number): readonly string[] {
    return (this._typed.get(terminal) ?? [])
      .filter((typed) => typed.offset >= offset)
      .map(({ text }) => text)
      .join('')
      .split(/[\r\n]/)
      .filter((line) => line !== '');
  }

  /** The newest that entered a line; with `offset`, the oldest at or behind it. */
  public entered(terminal: TerminalId, offset?: number): Typed | undefined {
    const entered = (this._typed.get(terminal) ?? []).filter(({ enters }) => enters);
    return offset === undefined ? entered.at(-1) : entered.find((typed) => typed.offset >= offset);
  }

  /** Forgets terminals that are gone. */
  public keepOnly(isThere: (terminal: TerminalId) => boolean): void {
    for (const terminal of this._typed.keys()) {
      if (!isThere(terminal)) {
        this._typed.delete(terminal);
      }
    }
  }
}

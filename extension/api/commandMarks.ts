/** Where a command's output stands in what a terminal has written, by the marks of its shell. */
export interface CommandSpan {
  /** Bytes before its first, and before the mark behind its last. */
  readonly from: number;
  readonly to: number;
}

/** PROMPT_SP in zshoptions(1): zsh shows behind each command whether its last line was ended, before it says that the command has. */
const LINE_MARK = /(?:\x1b\[[\d;]*m)+[%#](?:\x1b\[[\d;]*m)+ +\r \r$/;

/**
 * OSC 633 C and D as shells with integration write them, with the terminal's nonce and the prompt's number
 * (docs/SHELL-INTEGRATION.md): `C;NONCE;NUMBER;TIME`, `D;STATUS;NONCE;NUMBER;TIME;DURATION`.
 */
const marks = (nonce: string): { readonly begin: RegExp; readonly end: RegExp } => ({
  begin: new RegExp(`\\x1b\\]633;C;${nonce};(\\d*)[^\\x07\\x1b]*(?:\\x07|\\x1b\\\\)`),
  end: new RegExp(`\\x1b\\]633;D;[^;\\x07\\x1b]*;${nonce};(\\d*)[^\\x07\\x1b]*(?:\\x07|\\x1b\\\\)`),
});

/**
 * The first command that ends in a piece of output.
 * @param piece each byte as one character (latin1), so that positions are bytes
 * @returns undefined when none does; from its beginning where the mark before the command is not in it
 */
export const firstCommand = (piece: string, nonce: string): CommandSpan | undefined => {
  const { begin, end } = marks(nonce);
  const began = begin.exec(piece);
  const from = began === null ? 0 : began.index + began[0].length;
  const ended = end.exec(piece.slice(from));
  if (ended === null) {
    return undefined;
  }
  const lineMark = LINE_MARK.exec(piece.slice(from, from + ended.index));
  return { from, to: from + (lineMark?.index ?? ended.index) };
};

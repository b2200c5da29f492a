import type { HistoryFile } from './historyFile';
import { encodeLine, Mark, rewrap } from './historyLine';
import type { TrimListener } from './historyTap';
import type { LinkLookup } from './rowWriter';
import type { Line } from './xtermInternals';

/** Rows of a logical line that has left the screen in part; a longer one is written in pieces. */
const MAX_PENDING_ROWS = 1000;

/** Rows that leave the screen, on their way into the file as whole logical lines, and back out of it. */
export class History implements TrimListener {
  /** Rows of the logical line whose rest is still on the screen or in the reflow zone. */
  private _pending: Line[] = [];

  public constructor(
    private readonly _file: HistoryFile,
    private readonly _linkData: LinkLookup,
  ) {}

  public get file(): HistoryFile {
    return this._file;
  }

  public get pending(): readonly Line[] {
    return this._pending;
  }

  /** Gives the pending rows back, to be reflowed with the rest of their line. */
  public takePending(): readonly Line[] {
    const rows = this._pending;
    this._pending = [];
    return rows;
  }

  public onTrimmed(row: Line, next: Line | undefined): void {
    if (next?.isWrapped !== true && this._pending.length === 0) {
      this._file.append(encodeLine([row], this._linkData));
      return;
    }
    this._pending.push(row.clone());
    if (next?.isWrapped !== true) {
      this._writePending('');
    } else if (this._pending.length >= MAX_PENDING_ROWS) {
      this._writePending(Mark.CONTINUES);
    }
  }

  public onCleared(): void {
    if (this._pending.length > 0) {
      this._writePending('');
    }
    this._file.append(Mark.CLEARED);
  }

  public onGap(): void {
    this._file.append(Mark.GAP);
  }

  /** The newest lines since the scrollback was last cleared, enough for `rows` rows of `cols`, oldest first. */
  public newest(rows: number, cols: number): string[] {
    const lines: string[] = [];
    let found = 0;
    if (rows > 0) {
      this._file.readBackwards((line) => {
        if (line === Mark.CLEARED) {
          return false;
        }
        if (line !== Mark.GAP) {
          lines.push(line);
          found += rowsOf(line, cols);
        }
        return found < rows;
      });
    }
    return lines.reverse();
  }

  private _writePending(end: string): void {
    this._file.append(encodeLine(this._pending, this._linkData) + end);
    this._pending = [];
  }
}

/** Lines as a stream that draws them at `cols`, ending at the start of a row. */
export const drawLines = (lines: readonly string[], cols: number): string =>
  lines
    .map((line) => {
      const { text, length, continues } = parseLine(line);
      const drawn = length !== undefined && length > cols ? rewrap(text, length, cols) : text;
      return continues ? drawn : `${drawn}\r\n`;
    })
    .join('') + (lines.at(-1)?.endsWith(Mark.CONTINUES) === true ? '\r\n' : '');

/** Lines as plain rows of at most `cols` cells. */
export const plainRows = (
  lines: readonly string[],
  cols: number,
  widthOf: (codePoint: number) => number,
): string[] => lines.flatMap((line) => wrapText(plainLine(line).trimEnd(), cols, widthOf));

/** A history line without its controls; gaps become spaces. */
export const plainLine = (line: string): string => {
  const { text } = parseLine(line);
  let out = '';
  let from = 0;
  for (const match of text.matchAll(SEQUENCES)) {
    out += text.slice(from, match.index);
    from = match.index + match[0].length;
    const column = /^\x1b\[(\d+)G$/.exec(match[0])?.[1];
    if (column !== undefined) {
      out = out.padEnd(Number(column) - 1);
    }
  }
  return out + text.slice(from);
};

const SEQUENCES = /\x1b\[[\d;:]*["]?[A-Za-z]|\x1b\]8;[^\x1b]*\x1b\\/g;

const parseLine = (line: string): { text: string; length: number | undefined; continues: boolean } => {
  const continues = line.endsWith(Mark.CONTINUES);
  const whole = continues ? line.slice(0, -1) : line;
  if (!whole.startsWith(Mark.LAID_OUT)) {
    return { text: whole, length: undefined, continues };
  }
  const end = whole.indexOf(Mark.LAID_OUT_END);
  return { text: whole.slice(end + 1), length: Number(whole.slice(1, end)), continues };
};

const rowsOf = (line: string, cols: number): number => {
  if (line.length <= cols) {
    return 1;
  }
  const { text, length } = parseLine(line);
  return Math.max(1, Math.ceil((length ?? text.replace(SEQUENCES, '').length) / cols));
};

const wrapText = (text: string, cols: number, widthOf: (codePoint: number) => number): string[] => {
  if (text.length * 2 <= cols) {
    return [text.trimEnd()];
  }
  const rows: string[] = [];
  let row = '';
  let used = 0;
  for (const character of text) {
    const width = widthOf(character.codePointAt(0) ?? 0);
    if (used + width > cols) {
      rows.push(row.trimEnd());
      row = '';
      used = 0;
    }
    row += character;
    used += width;
  }
  rows.push(row.trimEnd());
  return rows;
};

import { plainLine } from '../historyDrawing';
import { Mark } from '../historyLine';
import type { HistoryLines } from '../historyLines';
import type { Rebuilt } from '../rebuild';
import { widthAt } from '../rowWriter';
import { screenRows } from '../screenState';
import type { Line, Buffer as Rows } from '../xtermInternals';

/** What is looked at by who waits for something. */
export interface Watchable extends Rebuilt {
  readonly lines: Pick<HistoryLines, 'length' | 'from' | 'tail'>;
}

/** A line as people read it: rows that wrap are one. */
export interface ScreenLine {
  readonly text: string;
  /** Its rows on the screen, and how many characters of `text` stand before each. */
  readonly rows: readonly { readonly row: number; readonly before: number; readonly line: Line }[];
}

export interface LineView {
  /** Lines that have left the screen, oldest first, since it was cleared last. */
  readonly above: readonly string[];
  /** Whether the scrollback was cleared meanwhile, and all that stood on the screen with it. */
  readonly isCleared: boolean;
  readonly screen: readonly ScreenLine[];
  /** Where the lines that will leave it next begin. */
  readonly position: number;
}

/** What can be read from a position of the history on. */
export const viewFrom = (watchable: Watchable, position: number): LineView => {
  const { lines } = watchable;
  const read = linesAbove(lines, Math.min(position, lines.length));
  return { ...read, screen: linesOnScreen(watchable), position: lines.length };
};

const linesAbove = (lines: Watchable['lines'], position: number): Pick<LineView, 'above' | 'isCleared'> => {
  if (position >= lines.length) {
    return { above: [], isCleared: false };
  }
  return plainLines(lines.from(position));
};

/** Lines of a history as text, from where it was cleared last. */
export const plainLines = (bytes: Buffer): Pick<LineView, 'above' | 'isCleared'> => {
  const lines = bytes.toString('latin1').split('\n');
  // What is behind the last line feed.
  lines.pop();
  const cleared = lines.lastIndexOf(Mark.CLEARED);
  const above = lines
    .slice(cleared + 1)
    .filter((line) => line !== Mark.GAP)
    .map((line) => plainLine(Buffer.from(line, 'latin1')).trimEnd());
  return { above, isCleared: cleared >= 0 };
};

/** The lines of the screen that is shown, or of the other one. */
export const linesOnScreen = (
  { emulator, history }: Watchable,
  buffer: Rows = emulator.core._bufferService.buffers.active,
): ScreenLine[] => {
  const isNormal = buffer === emulator.core._bufferService.buffers.normal;
  const found: { text: string; rows: { row: number; before: number; line: Line }[] }[] = [];
  const rows = screenRows(emulator, buffer);
  // The beginning of the first line may have left the screen.
  const pending = isNormal
    ? history.pending.map((line, index) => wrappedText(line, history.pending[index + 1] ?? rows[0]))
    : [];
  for (const [row, line] of rows.entries()) {
    const text = wrappedText(line, rows[row + 1]);
    const open = line.isWrapped ? found.at(-1) : undefined;
    if (open === undefined) {
      const begun = row === 0 && line.isWrapped ? pending.join('') : '';
      found.push({ text: begun + text, rows: [{ row, before: begun.length, line }] });
    } else {
      open.rows.push({ row, before: open.text.length, line });
      open.text += text;
    }
  }
  return found;
};

/** A row's text: whole where it goes on in the next one, without the cell that a wide character had no room in. */
const wrappedText = (line: Line, next: Line | undefined): string => {
  if (next?.isWrapped !== true) {
    return line.translateToString(true).trimEnd();
  }
  const text = line.translateToString(false);
  const last = line.length - 1;
  const isCut = line.getString(last) === '' && widthAt(line, last) === 1 && widthAt(next, 0) === 2;
  return isCut ? text.slice(0, -1) : text;
};

/** Where the character at `index` of a line stands; undefined where it has left the screen. */
export const placeOf = (
  { rows }: ScreenLine,
  index: number,
): { readonly row: number; readonly col: number } | undefined => {
  const place = rows.findLast(({ before }) => before <= index);
  if (place === undefined) {
    return undefined;
  }
  let col = 0;
  while (
    col < place.line.length &&
    place.line.translateToString(false, 0, col).length < index - place.before
  ) {
    col++;
  }
  return { row: place.row, col };
};

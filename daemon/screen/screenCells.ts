import { lookAt, textAt, usedLength, widthAt } from './rowWriter';
import { DEFAULT_LOOK, type Look, sameSgr } from './sgr';
import { Bg, type Line } from './xtermInternals';

/** One character of a row as it is shown. */
export interface ScreenCell {
  readonly column: number;
  /** Columns: 2 for a wide character. */
  readonly width: 1 | 2;
  /** With what combines with it; a blank where nothing was printed. */
  readonly text: string;
  readonly look: Look;
}

/**
 * A row's cells up to the last one that differs from what a new row has.
 * @param cols of them at most; a wide character that does not fit is a blank
 */
export const cellsOf = (row: Line, cols = row.length): readonly ScreenCell[] => {
  const end = Math.min(cols, usedLength(row));
  const cells: ScreenCell[] = [];
  for (let column = 0; column < end; ) {
    const isWide = widthAt(row, column) === 2;
    const isWhole = !isWide || column + 2 <= end;
    const width = isWide && isWhole ? 2 : 1;
    const text = (isWhole ? textAt(row, column) : '') || ' ';
    cells.push({ column, width, text, look: shownLook(row, column) });
    column += width;
  }
  return cells;
};

/** The same without the blanks at its end that nobody sees. */
export const seenCells = (row: Line): readonly ScreenCell[] => {
  const cells = cellsOf(row);
  let end = cells.length;
  for (let cell = cells[end - 1]; cell?.text === ' ' && sameSgr(cell.look, DEFAULT_LOOK); ) {
    end--;
    cell = cells[end - 1];
  }
  return cells.slice(0, end);
};

/** What protects a cell from being erased (DECSCA) is no look. */
const shownLook = (row: Line, column: number): Look => {
  const look = lookAt(row, column);
  return { ...look, bg: (look.bg & ~Bg.PROTECTED) >>> 0 };
};

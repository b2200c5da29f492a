import { cellsOf, type ScreenCell } from './screenCells';
import { DEFAULT_LOOK, type Look, sameSgr, sgr } from './sgr';
import type { Line } from './xtermInternals';

/**
 * Rows as text with SGR and no other sequence: to be shown somewhere, not to be gone on from. Hyperlinks are left out,
 * as what they lead to is the program's word. Each row begins and ends with the default pen.
 * @param cols of each row at most; a wide character that does not fit is a blank
 */
export const drawnRows = (rows: readonly Line[], cols: number): readonly string[] =>
  rows.map((row) => drawnRow(cellsOf(row, cols)));

export const drawnRow = (cells: readonly ScreenCell[]): string => {
  const parts: string[] = [];
  let pen: Look = DEFAULT_LOOK;
  for (const { look, text } of cells) {
    if (!sameSgr(pen, look)) {
      parts.push(sgr(look));
      pen = look;
    }
    parts.push(text);
  }
  return sameSgr(pen, DEFAULT_LOOK) ? parts.join('') : `${parts.join('')}${sgr(DEFAULT_LOOK)}`;
};

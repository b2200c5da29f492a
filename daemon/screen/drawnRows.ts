import { lookAt, textAt, usedLength, widthAt } from './rowWriter';
import { DEFAULT_LOOK, type Look, sameSgr, sgr } from './sgr';
import { Bg, type Line } from './xtermInternals';

/**
 * Rows as text with SGR and no other sequence: to be shown somewhere, not to be gone on from. Hyperlinks are left out,
 * as what they lead to is the program's word. Each row begins and ends with the default pen.
 * @param cols of each row at most; a wide character that does not fit is a blank
 */
export const drawnRows = (rows: readonly Line[], cols: number): readonly string[] =>
  rows.map((row) => drawnRow(row, Math.min(cols, usedLength(row))));

const drawnRow = (row: Line, end: number): string => {
  const parts: string[] = [];
  let pen: Look = DEFAULT_LOOK;
  for (let column = 0; column < end; ) {
    const look = shownLook(row, column);
    if (!sameSgr(pen, look)) {
      parts.push(sgr(look));
      pen = look;
    }
    const width = widthAt(row, column);
    const isWhole = column + width <= end;
    parts.push((isWhole ? textAt(row, column) : '') || ' ');
    column += isWhole && width === 2 ? 2 : 1;
  }
  return sameSgr(pen, DEFAULT_LOOK) ? parts.join('') : `${parts.join('')}${sgr(DEFAULT_LOOK)}`;
};

/** What protects a cell from being erased (DECSCA) is no look. */
const shownLook = (row: Line, column: number): Look => {
  const look = lookAt(row, column);
  return { ...look, bg: (look.bg & ~Bg.PROTECTED) >>> 0 };
};

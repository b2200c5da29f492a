import { type CommandMark, markSequence, NO_MARKS, type RowMarks } from './commandMarks';
import {
  contentAt,
  hasContent,
  isHalved,
  lookAt,
  type RowWriter,
  textAt,
  usedLength,
  WIDE_BLANK,
  widthAt,
} from './rowWriter';
import { DEFAULT_LOOK, sameSgr } from './sgr';
import { COLOR_MODE, type Line } from './xtermInternals';

export const LINE_END = '\r\n';

export interface RowOptions {
  readonly cols: number;
  readonly marks?: RowMarks;
  /** The cursor stands behind a full row that wraps into the first one. */
  readonly wrapsIn?: boolean;
}

/** Whether a row's own first character can wrap into it. */
export const canWrapIn = (row: Line | undefined): boolean =>
  row?.isWrapped === true && hasContent(row, 0) && widthAt(row, 0) > 0;

/**
 * Writes rows one below the other, from the left edge of a blank row, so that those which wrapped wrap again
 * (a hard newline would break them in two when the terminal is resized). Afterwards the cursor stands
 * somewhere on the last row and the pen is the default one.
 */
export const writeRows = (writer: RowWriter, rows: readonly Line[], options: RowOptions): void => {
  const { marks = NO_MARKS } = options;
  rows.forEach((row, index) => {
    const previous = index === 0 ? undefined : rows[index - 1];
    let start = { column: 0, dirty: 0 };
    if (previous === undefined) {
      if (options.wrapsIn === true) {
        start = { column: wrapIn(writer, row, options.cols), dirty: 0 };
      }
    } else {
      if (row.isWrapped) {
        start = wrap(writer, previous, row, options.cols);
      } else {
        writer.pen(DEFAULT_LOOK);
        writer.raw(LINE_END);
      }
    }
    writeRow(writer, row, marks.get(row) ?? [], start);
  });
  writer.pen(DEFAULT_LOOK);
};

/** Draws a row from a column on, where the cursor stands, with the marks that were set in it. */
export const writeRow = (
  writer: RowWriter,
  row: Line,
  marks: readonly CommandMark[],
  start: { readonly column: number; readonly dirty: number },
): void => {
  const used = usedLength(row);
  let at = start.column;
  for (const mark of [...marks].sort((a, b) => a.column - b.column)) {
    const column = firstHalf(row, mark.column);
    if (column > at) {
      writer.cells(row, at, Math.min(column, used), start.dirty);
      at = Math.max(column, start.dirty);
      // Behind a full row the cursor stays where it is: the next character is to wrap.
      if (column > used && used < row.length) {
        writer.forward(column, row.length);
      }
    }
    writer.raw(markSequence(mark));
  }
  writer.cells(row, at, used, start.dirty);
};

/** A wide character can't be drawn in two steps. */
const firstHalf = (row: Line, column: number): number =>
  column > 0 && column < row.length && !hasContent(row, column) && widthAt(row, column) === 0
    ? column - 1
    : column;

/** Moves from `previous` to `row` by autowrap. Returns from where `row` is still to be drawn. */
const wrap = (
  writer: RowWriter,
  previous: Line,
  row: Line,
  cols: number,
): { column: number; dirty: number } => {
  const last = cols - 1;
  if (!hasContent(previous, last) && isHalved(previous, last - 1)) {
    // Printing at the last column would erase the wide character: it is halved again once the row has wrapped.
    writer.raw(`\x1b[${last}G`);
    writer.pen(DEFAULT_LOOK);
    writer.raw(`${WIDE_BLANK} \x1b[A\x1b[${last}G`);
    writer.cells(previous, last - 1, cols);
    // A line feed would undo the wrap.
    writer.raw('\x1b[B\r');
    return { column: 0, dirty: 1 };
  }
  const full = hasContent(previous, last) || widthAt(previous, last) === 0;
  if (full ? hasContent(row, 0) && widthAt(row, 0) > 0 : wrapsByWidth(previous, row, last)) {
    if (!full) {
      writer.raw(`\x1b[${cols}G`);
    }
    return { column: wrapIn(writer, row, cols), dirty: 0 };
  }
  if (full) {
    // Nothing in the row itself would wrap: a blank does, and what it stands on is drawn over.
    writer.pen(DEFAULT_LOOK);
    writer.raw(' \r');
    return { column: 0, dirty: 1 };
  }
  // A wide character that does not fit wraps and leaves the last cell empty, in the pen's look.
  const look = lookAt(previous, last);
  writer.raw(`\x1b[${cols}G`);
  writer.pen(look);
  writer.raw(WIDE_BLANK);
  writer.pen(DEFAULT_LOOK);
  writer.raw((look.bg & COLOR_MODE) !== 0 ? '\x1b[K\r' : '\r');
  return { column: 0, dirty: 2 };
};

/** Prints a row's first character, which wraps into it. Returns its width. */
const wrapIn = (writer: RowWriter, row: Line, cols: number): number => {
  const look = lookAt(row, 0);
  writer.pen(look);
  writer.raw(textAt(row, 0));
  const width = widthAt(row, 0);
  if ((look.bg & COLOR_MODE) !== 0 && width < cols) {
    // A row that scrolls in takes the pen's background; what belongs there comes from the row itself.
    writer.pen(DEFAULT_LOOK);
    writer.raw('\x1b[K');
  }
  return width;
};

/** Whether a wide character that did not fit left the last cell empty, in its own pen. */
const wrapsByWidth = (previous: Line, row: Line, last: number): boolean =>
  contentAt(previous, last) >>> 22 === 1 &&
  widthAt(row, 0) === 2 &&
  hasContent(row, 0) &&
  sameSgr(lookAt(previous, last), lookAt(row, 0)) &&
  lookAt(previous, last).link === lookAt(row, 0).link;

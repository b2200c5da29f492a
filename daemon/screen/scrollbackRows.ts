import type { History } from './history';
import { rowsOf } from './historyDrawing';
import { Mark } from './historyLine';
import { rowsOfLines } from './historyRows';
import type { Line } from './xtermInternals';

/** Lines that are made rows at a time: all rows of a long history would take a worker's memory. */
const LINES_AT_ONCE = 500;
const ESC = 0x1b;
const LAID_OUT = Mark.LAID_OUT.charCodeAt(0);
const CONTINUES = Mark.CONTINUES.charCodeAt(0);

/** The newest rows above the screen as cells, up to `rows` of them, oldest first. Each is valid until the next. */
export function* scrollbackRows(
  history: Pick<History, 'newest' | 'pending'>,
  rows: number,
  cols: number,
): Generator<Line> {
  const near = history.pending.slice(Math.max(0, history.pending.length - rows));
  yield* olderRows(history.newest(rows - near.length, cols), rows - near.length, cols);
  yield* near;
}

function* olderRows(lines: readonly Buffer[], rows: number, cols: number): Generator<Line> {
  const pieces = piecesOf(lines);
  if (pieces.length <= 1) {
    const all = rowsOfLines(lines, cols).rows;
    yield* all.slice(Math.max(0, all.length - rows));
    return;
  }
  let missing = rows;
  let from = pieces.length;
  while (missing > 0 && from > 0) {
    from--;
    missing -= countRows(pieces[from] ?? [], cols);
  }
  let surplus = Math.max(0, -missing);
  for (const piece of pieces.slice(from)) {
    yield* rowsOfLines(piece, cols).rows.slice(surplus);
    surplus = 0;
  }
}

/** Where a line is not sure to take as many rows as it seems to, they are made. */
const countRows = (lines: readonly Buffer[], cols: number): number =>
  lines.every((line) => (line[0] === LAID_OUT ? rowsOf(line, cols) === 1 : isAscii(line)))
    ? lines.reduce((count, line) => count + rowsOf(line, cols), 0)
    : rowsOfLines(lines, cols).rows.length;

const isAscii = (line: Buffer): boolean =>
  line.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === ESC);

/** A line that the next one goes on with stays together with it. */
const piecesOf = (lines: readonly Buffer[]): readonly (readonly Buffer[])[] => {
  const pieces: Buffer[][] = [];
  let open: Buffer[] = [];
  for (const line of lines) {
    open.push(line);
    if (open.length >= LINES_AT_ONCE && line.at(-1) !== CONTINUES) {
      pieces.push(open);
      open = [];
    }
  }
  return open.length === 0 ? pieces : [...pieces, open];
};

import { Terminal } from '@xterm/headless';
import { useUnicode11 } from './characterWidths';
import { type CommandMark, CommandMarks, NO_MARKS, type RowMarks } from './commandMarks';
import { writeRow, writeRows } from './rowFlow';
import { hasContent, isEmpty, type LinkLookup, RowWriter, usedLength, widthAt } from './rowWriter';
import { DEFAULT_LOOK } from './sgr';
import { CELL_WORDS, COLOR_MODE, coreOf, type Line, WIDTH_SHIFT } from './xtermInternals';

/**
 * A line of a history file: one logical line (rows that wrapped into each other, joined), as text with SGR
 * and OSC 8, and the command marks set in it (OSC 633, 133, 7 that end in ST), starting and ending with the default pen, ended by a line feed. Controls that no row can
 * contain mark what is special:
 */
export const Mark = {
  /** `\x01 length \x02`, in front: has gaps or backgrounds, so a narrower width must lay it out anew. */
  LAID_OUT: '\x01',
  LAID_OUT_END: '\x02',
  /** A line of its own: the program cleared its scrollback here. */
  CLEARED: '\x03',
  /** A line of its own: output is missing here. */
  GAP: '\x04',
  /** At the end: the next line goes on without a break (a logical line too long to be kept whole). */
  CONTINUES: '\x05',
} as const;

/** Joins rows that wrapped into each other into one history line (without its line feed). */
export const encodeLine = (
  rows: readonly Line[],
  linkData: LinkLookup,
  marks: RowMarks = NO_MARKS,
): string => {
  const writer = new RowWriter(linkData);
  const starts = startsOf(rows);
  const line = rows.length === 1 ? rows[0] : joinRows(rows, starts);
  if (line === undefined) {
    return '';
  }
  const length = usedLength(line);
  const placed = rows.flatMap((row, index) =>
    (marks.get(row) ?? []).map((mark) => ({
      ...mark,
      column: Math.min((starts[index] ?? 0) + mark.column, length),
    })),
  );
  writeRow(writer, line, placed, { column: 0, dirty: 0 });
  writer.pen(DEFAULT_LOOK);
  const text = writer.take();
  return needsLayout(line, length) ? `${Mark.LAID_OUT}${length}${Mark.LAID_OUT_END}${text}` : text;
};

let plain = Buffer.alloc(256);

/**
 * A row of nothing but ASCII in the default look as its history line, line feed included: what most rows of a flood
 * are, without the detour over text. Valid until the next call; undefined for any other row.
 */
export const encodePlainRow = (row: Line): Buffer | undefined => {
  const length = usedLength(row);
  if (length >= plain.length) {
    plain = Buffer.alloc(length * 2);
  }
  const data = row._data;
  for (let column = 0, at = 0; column < length; column++, at += CELL_WORDS) {
    // One column, no combined characters: anything else is out of this range.
    const code = (data[at] ?? 0) - (1 << WIDTH_SHIFT);
    if (code < 0x20 || code > 0x7e || data[at + 1] !== 0 || data[at + 2] !== 0) {
      return undefined;
    }
    plain[column] = code;
  }
  plain[length] = 0x0a;
  return plain.subarray(0, length + 1);
};

/** Gaps can't wrap by themselves, and a background would colour the rest of the row it wraps into. */
const needsLayout = (line: Line, length: number): boolean => {
  const data = line._data;
  for (let at = 0; at < length * CELL_WORDS; at += CELL_WORDS) {
    if (((data[at + 2] ?? 0) & COLOR_MODE) !== 0 || (data[at] ?? 0) === 1 << WIDTH_SHIFT) {
      return true;
    }
  }
  return false;
};

/**
 * Where each row starts in one as wide as all together, and where that ends: without the empty cells before
 * wide characters that did not fit.
 */
const startsOf = (rows: readonly Line[]): number[] => {
  const starts = [0];
  rows.forEach((row, index) => {
    const next = rows[index + 1];
    const early =
      next !== undefined &&
      !hasContent(row, row.length - 1) &&
      widthAt(row, row.length - 1) === 1 &&
      widthAt(next, 0) === 2;
    const length = next === undefined ? usedLength(row) : early ? row.length - 1 : row.length;
    starts.push((starts[index] ?? 0) + length);
  });
  return starts;
};

const joinRows = (rows: readonly Line[], starts: readonly number[]): Line => {
  const joined = blankLine(Math.max(1, starts.at(-1) ?? 0));
  rows.forEach((row, index) => {
    const start = starts[index] ?? 0;
    joined.copyCellsFrom(row, 0, start, (starts[index + 1] ?? start) - start, false);
  });
  return joined;
};

let template: { readonly terminal: Terminal; readonly line: Line } | undefined;

/** A row of any length; made from xterm's own, whose class it does not export. */
const blankLine = (length: number): Line => {
  if (template === undefined) {
    const terminal = new Terminal({ allowProposedApi: true, cols: 2, rows: 1, scrollback: 0 });
    const line = coreOf(terminal)._bufferService.buffers.normal.lines.get(0);
    if (line === undefined) {
      throw new Error('a terminal without rows');
    }
    template = { terminal, line };
  }
  const line = template.line.clone() as Line & { length: number; _data: Uint32Array };
  const data = new Uint32Array(length * CELL_WORDS);
  for (let column = 0; column < length; column++) {
    data[column * CELL_WORDS] = 1 << WIDTH_SHIFT;
  }
  line._data = data;
  line.length = length;
  return line;
};

const printedLength = (line: Line, length: number): number => {
  let end = length;
  while (end > 0 && isEmpty(line, end - 1)) {
    end--;
  }
  return end;
};

/**
 * Cells of a joined line as rows of `cols`, the way xterm wraps them: what was only erased at the end (from
 * `printed` to `length`) does not wrap, but fills the row it begins in.
 */
const layOut = (
  line: Line,
  printed: number,
  length: number,
  cols: number,
): { readonly row: Line; readonly start: number }[] => {
  const rows: { readonly row: Line; readonly start: number }[] = [];
  let at = 0;
  do {
    let count = Math.min(cols, printed - at);
    if (count === cols && widthAt(line, at + cols - 1) === 2) {
      count--;
    }
    const isLast = at + count >= printed;
    const row = blankLine(cols);
    row.isWrapped = rows.length > 0;
    row.copyCellsFrom(line, at, 0, isLast ? Math.min(cols, length - at) : count, false);
    if (!isLast && count < cols) {
      // The wide character that did not fit leaves its look on the empty cell.
      row.copyCellsFrom(line, at + count, count, 1, false);
      row._data[count * CELL_WORDS] = 1 << WIDTH_SHIFT;
    }
    rows.push({ row, start: at });
    at += count;
  } while (at < printed);
  return rows;
};

interface Scratch {
  readonly terminal: Terminal;
  readonly marks: CommandMarks;
}

const scratches = new Map<number, Scratch>();

/** A one-row terminal at least so wide; lengths are few in powers of two, so that most lines share one. */
const scratchOf = (length: number): Scratch => {
  const cols = 2 ** Math.ceil(Math.log2(Math.max(64, length + 1)));
  let scratch = scratches.get(cols);
  if (scratch === undefined) {
    const terminal = new Terminal({ allowProposedApi: true, cols, rows: 1, scrollback: 0, logLevel: 'off' });
    useUnicode11(terminal);
    scratch = { terminal, marks: new CommandMarks(terminal) };
    if (cols <= MAX_KEPT_SCRATCH) {
      scratches.set(cols, scratch);
    }
  }
  return scratch;
};
const MAX_KEPT_SCRATCH = 4096;

/** A history line as the text that draws it at a width it does not fit. */
export const rewrap = (text: string, length: number, cols: number): string => {
  const { terminal, marks } = scratchOf(length);
  const core = coreOf(terminal);
  core._inputHandler.parse(Buffer.from(`\r\x1b[m\x1b]8;;\x1b\\\x1b[2K${text}`));
  const line = core._bufferService.buffers.normal.lines.get(0);
  const writer = new RowWriter((id) => core._oscLinkService.getLinkData(id));
  if (line !== undefined) {
    const laidOut = layOut(line, printedLength(line, length), length, cols);
    const placed = marksOn(laidOut, marks.at(0));
    marks.forget();
    writeRows(
      writer,
      laidOut.map(({ row }) => row),
      { cols, marks: placed },
    );
  }
  return writer.take();
};

/** Marks of one row as those of the rows it was laid out in. */
const marksOn = (
  rows: readonly { readonly row: Line; readonly start: number }[],
  marks: readonly CommandMark[],
): RowMarks => {
  const placed = new Map<Line, CommandMark[]>();
  for (const mark of marks) {
    const target = rows.findLast(({ start }) => start <= mark.column) ?? rows[0];
    if (target !== undefined) {
      const column = mark.column - target.start;
      placed.set(target.row, [...(placed.get(target.row) ?? []), { ...mark, column }]);
    }
  }
  return placed;
};

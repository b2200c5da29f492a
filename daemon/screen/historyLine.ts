import { Terminal } from '@xterm/headless';
import { writeRows } from './rowFlow';
import { contentAt, hasContent, type LinkLookup, RowWriter, usedLength, widthAt } from './rowWriter';
import { DEFAULT_LOOK } from './sgr';
import { CELL_WORDS, COLOR_MODE, coreOf, type Line } from './xtermInternals';

/**
 * A line of a history file: one logical line (rows that wrapped into each other, joined), as text with SGR
 * and OSC 8, starting and ending with the default pen, ended by a line feed. Controls that no row can
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
export const encodeLine = (rows: readonly Line[], linkData: LinkLookup): string => {
  const writer = new RowWriter(linkData);
  const line = rows.length === 1 ? rows[0] : joinRows(rows);
  if (line === undefined) {
    return '';
  }
  const length = usedLength(line);
  writer.cells(line, 0, length);
  writer.pen(DEFAULT_LOOK);
  const text = writer.take();
  return needsLayout(line, length) ? `${Mark.LAID_OUT}${length}${Mark.LAID_OUT_END}${text}` : text;
};

/** Gaps can't wrap by themselves, and a background would colour the rest of the row it wraps into. */
const needsLayout = (line: Line, length: number): boolean => {
  for (let column = 0; column < length; column++) {
    const background = (line._data[column * CELL_WORDS + 2] ?? 0) & COLOR_MODE;
    if (background !== 0 || (!hasContent(line, column) && widthAt(line, column) === 1)) {
      return true;
    }
  }
  return false;
};

/** One row as wide as all together, without the empty cells before wide characters that did not fit. */
const joinRows = (rows: readonly Line[]): Line | undefined => {
  const lengths = rows.map((row, index) => {
    const next = rows[index + 1];
    if (next === undefined) {
      return usedLength(row);
    }
    const early =
      !hasContent(row, row.length - 1) && widthAt(row, row.length - 1) === 1 && widthAt(next, 0) === 2;
    return early ? row.length - 1 : row.length;
  });
  const joined = blankLine(
    Math.max(
      1,
      lengths.reduce((sum, length) => sum + length, 0),
    ),
  );
  let at = 0;
  rows.forEach((row, index) => {
    const length = lengths[index] ?? 0;
    joined.copyCellsFrom(row, 0, at, length, false);
    at += length;
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
    data[column * CELL_WORDS] = 1 << 22;
  }
  line._data = data;
  line.length = length;
  return line;
};

/** Cells of a joined line as rows of `cols`, the way xterm wraps them. */
export const layOut = (line: Line, length: number, cols: number): Line[] => {
  const rows: Line[] = [];
  let at = 0;
  while (at < length) {
    let count = Math.min(cols, length - at);
    if (count === cols && contentAt(line, at + cols - 1) >>> 22 === 2) {
      count--;
    }
    const row = blankLine(cols);
    row.isWrapped = rows.length > 0;
    row.copyCellsFrom(line, at, 0, count, false);
    rows.push(row);
    at += count;
  }
  return rows;
};

/** A history line with gaps as the text that draws it at a width it does not fit. */
export const rewrap = (text: string, length: number, cols: number): string => {
  const terminal = new Terminal({
    allowProposedApi: true,
    cols: Math.max(2, length + 1),
    rows: 1,
    scrollback: 0,
  });
  try {
    const core = coreOf(terminal);
    core._inputHandler.parse(Buffer.from(text));
    const line = core._bufferService.buffers.normal.lines.get(0);
    const writer = new RowWriter((id) => core._oscLinkService.getLinkData(id));
    writeRows(writer, line === undefined ? [] : layOut(line, length, cols), { cols });
    return writer.take();
  } finally {
    terminal.dispose();
  }
};

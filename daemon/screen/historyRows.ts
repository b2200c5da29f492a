import { Terminal } from '@xterm/headless';
import { useUnicode11 } from './characterWidths';
import { CommandMarks, NO_MARKS, type RowMarks } from './commandMarks';
import { drawLines } from './historyDrawing';
import {
  coreOf,
  type ExtendedAttributes,
  type Line,
  type LinkData,
  type LinkService,
} from './xtermInternals';

/** Rows that had left the screen, their marks, and what their hyperlinks' numbers meant. */
export interface TakenRows {
  readonly rows: readonly Line[];
  readonly marks: RowMarks;
  linkData(id: number): LinkData | undefined;
}

/** History lines as the rows they were. */
export const rowsOfLines = (lines: readonly Buffer[], cols: number): TakenRows => {
  if (lines.length === 0) {
    return { rows: [], marks: NO_MARKS, linkData: () => undefined };
  }
  const text = drawLines(lines, cols);
  // Every column takes a byte at least, and a row that wraps early still holds all but one of its columns.
  const scrollback = lines.length + Math.ceil(text.length / Math.max(1, cols - 1));
  const terminal = new Terminal({ allowProposedApi: true, cols, rows: 1, scrollback, logLevel: 'off' });
  useUnicode11(terminal);
  const core = coreOf(terminal);
  const tracker = new CommandMarks(terminal);
  core._inputHandler.parse(text);
  const { lines: kept, ybase, y } = core._bufferService.buffers.normal;
  const rows: Line[] = [];
  for (let index = 0; index < ybase + y; index++) {
    const row = kept.get(index);
    if (row !== undefined) {
      rows.push(row);
    }
  }
  const marks = tracker.rows;
  tracker.dispose();
  return { rows, marks, linkData: (id) => core._oscLinkService.getLinkData(id) };
};

/** Gives hyperlinks of another emulator's rows, or ones xterm.js has forgotten, a number that is valid here. */
export const adoptLinks = (
  rows: readonly Line[],
  linkData: (id: number) => LinkData | undefined,
  links: LinkService,
): void => {
  const known = new Map<number, number>();
  const numberOf = (id: number): number => {
    const data = linkData(id);
    const found = known.get(id) ?? (data === undefined ? 0 : links.registerLink(data));
    known.set(id, found);
    return found;
  };
  for (const row of rows) {
    for (const [column, attributes] of Object.entries(row._extendedAttrs)) {
      if (attributes !== undefined && attributes._urlId !== 0) {
        const own: ExtendedAttributes = attributes.clone();
        own.urlId = numberOf(attributes._urlId);
        row._extendedAttrs[Number(column)] = own;
      }
    }
  }
};

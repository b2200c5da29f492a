import type { Emulator } from './emulator';
import { canWrapIn, LINE_END, writeRows } from './rowFlow';
import { lookAt, RowWriter, usedLength } from './rowWriter';
import { screenRows } from './screenState';
import { properties, titleAndColors } from './serializeModes';
import type { Serialized, SerializeOptions } from './serializer';
import type { Line } from './xtermInternals';

/** Without those at the end that nothing stands on. @param least how many are kept at least */
export const usedRows = (rows: readonly Line[], least = 0): readonly Line[] => {
  let count = rows.length;
  while (count > least && isBlank(rows[count - 1])) {
    count--;
  }
  return rows.slice(0, count);
};

const isBlank = (row: Line | undefined): boolean =>
  row === undefined || (usedLength(row) === 0 && lookAt(row, 0).bg === 0);

/**
 * What a program that has ended left, to be read in an empty terminal of any size: rows flow into it, so that the last of
 * them are in view with what is written behind them. An alternate screen follows as text, so that none of it is lost.
 */
export const lastScreenBehind = (emulator: Emulator, options: SerializeOptions): Serialized => {
  const { core } = emulator;
  const { cols } = emulator.terminal;
  const { normal, alt, active } = core._bufferService.buffers;
  const writer = new RowWriter((id) => core._oscLinkService.getLinkData(id), cols);
  writer.raw(properties(emulator));
  const before = writer.take();
  const isAlternate = active === alt;
  const left = usedRows(screenRows(emulator, normal), isAlternate ? 0 : normal.y + 1);
  const rows = [...(options.rowsAbove ?? []), ...left];
  const wrapsIn = options.prefixWraps === true && canWrapIn(rows[0]);
  const marks = new Map([...(options.marksAbove ?? []), ...emulator.marks.rows]);
  writeRows(writer, rows, { cols, marks, wrapsIn });
  if (isAlternate) {
    writer.raw(rows.length === 0 ? '' : LINE_END);
    writeRows(writer, usedRows(screenRows(emulator, alt)), { cols });
  }
  writer.raw(titleAndColors(emulator));
  const prefix = options.prefix ?? NOTHING;
  return [before, wrapsIn ? prefix.subarray(0, -LINE_END.length) : prefix, writer.take()];
};

const NOTHING = Buffer.alloc(0);

import { designator } from './charsets';
import type { RowMarks } from './commandMarks';
import { describeRow, describeTerminal } from './describeTerminal';
import { NO_LINES } from './historyLines';
import type { Keyframe } from './keyframe';
import { type Rebuilt, rebuild } from './rebuild';
import type { SavedModes } from './trackedState';
import type { Line } from './xtermInternals';

/**
 * Whether a keyframe makes a mirror like the one it was written of, in everything that later output can make
 * anything of. There are states that no output brings an emulator into: docs/FIDELITY.md.
 */
export const isWholeIn = (keyframe: Keyframe, mirror: Rebuilt): boolean => {
  const other = rebuild(NO_LINES, keyframe.size, keyframe);
  try {
    return describe(other) === describe(mirror);
  } finally {
    other.emulator.dispose();
  }
};

const describe = ({ emulator, history }: Rebuilt): string => {
  const { core, tracked, tap, terminal } = emulator;
  const { normal } = core._bufferService.buffers;
  const goesOn = history.pending.length > 0 || history.openCols !== undefined;
  return JSON.stringify([
    describeTerminal(terminal),
    core.coreService.decPrivateModes.synchronizedOutput,
    emulator.continuation.toString('latin1'),
    [...tracked.modes],
    [...tracked.modifyKeys],
    tracked.kitty,
    [tracked.saved.normal, tracked.saved.alternate].map(describeSaved),
    [...tracked.colors].sort(([left], [right]) => left - right),
    [tracked.folderUri, tracked.folder, tracked.progress],
    [...tracked.properties],
    describeMarks(
      range(normal.lines.length, (row) => normal.lines.get(row)),
      emulator.marks.rows,
    ),
    [tap.rowsAbove, normal.savedY - normal.ybase],
    [history.openCols, goesOn && normal.lines.get(0)?.isWrapped],
    history.pending.map((row) => describeRow(row, history.pendingRows.linkData)),
    describeMarks(history.pending, history.pendingRows.marks),
  ]);
};

const describeSaved = ({ charsets, glevel, origin, wraparound }: SavedModes): unknown => [
  range(4, (level) => designator(charsets[level])),
  glevel,
  origin,
  wraparound,
];

const describeMarks = (rows: readonly (Line | undefined)[], marks: RowMarks): unknown =>
  rows.map((row) =>
    (row === undefined ? [] : (marks.get(row) ?? [])).map(({ column, payload }) => [column, payload]),
  );

const range = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

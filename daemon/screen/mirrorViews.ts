import type { Offset } from '../protocol/ids';
import { isSmaller, type Size } from '../protocol/model';
import { drawnRows } from './drawnRows';
import { drawnScreen } from './drawnScreen';
import type { Emulator } from './emulator';
import { plainRows } from './historyDrawing';
import { lastScreenBehind } from './lastScreen';
import type { Rebuilt } from './rebuild';
import { type RevisionState, revisionText, shortHash } from './revision';
import { cursorOf, modesOf, screenRows } from './screenState';
import { keptTitle } from './serializeModes';
import { type Serialized, serializeBehind } from './serializer';
import { folderOf } from './trackedState';
import type { ScreenParts, ScreenState, WantedScreen } from './workerMessages';

/** What to write to an empty terminal of `size`, then `continuation`, then the output from `offset` on. */
export interface MirrorSnapshot {
  /** UTF-8, in memory of its own. */
  readonly snapshot: Buffer;
  readonly continuation: Buffer;
  readonly offset: Offset;
  readonly size: Size;
}

/**
 * @param rows of scrollback at most
 * @param room of a program that has ended: to be read there when that is smaller
 */
export const snapshotOf = (
  { emulator, history }: Rebuilt,
  offset: Offset,
  rows: number,
  room?: Size,
): MirrorSnapshot => {
  const { size } = emulator;
  const { pending } = history;
  const isToRead = room !== undefined && isSmaller(room, size);
  const parts = (isToRead ? lastScreenBehind : serializeBehind)(emulator, {
    rowsAbove: pending.slice(Math.max(0, pending.length - rows)),
    marksAbove: history.pendingRows.marks,
    prefix: history.newestDrawn(rows - pending.length, size.cols),
    prefixWraps: rows > pending.length && history.openCols === size.cols,
  });
  const continuation = isToRead ? Buffer.alloc(0) : emulator.continuation;
  return { snapshot: inOnePiece(parts), continuation, offset, size };
};

/** The newest rows above the screen as text, oldest first. */
const scrollbackOf = ({ emulator, history }: Rebuilt, rows: number): string[] => {
  if (rows <= 0) {
    return [];
  }
  const { cols } = emulator.size;
  const near: string[] = history.pending.map((line) => line.translateToString(true).trimEnd());
  const missing = rows - near.length;
  const older =
    missing > 0
      ? plainRows(history.newest(missing, cols), cols, (code) => emulator.core.unicodeService.wcwidth(code))
      : [];
  return [...older, ...near].slice(-rows);
};

export const screenOf = (
  rebuilt: Rebuilt,
  offset: Offset,
  revision: RevisionState,
  { scrollback = 0, drawn, ...looks }: WantedScreen,
): ScreenParts => {
  const { emulator } = rebuilt;
  const { core } = emulator;
  const { normal, active } = core._bufferService.buffers;
  const rows = screenRows(emulator);
  const lines = rows.map((line) => line.translateToString(true).trimEnd());
  return {
    offset,
    revision: revisionText(revision),
    textHash: shortHash(lines.join('\n')),
    size: emulator.size,
    cursor: cursorOf(emulator),
    buffer: active === normal ? 'normal' : 'alternate',
    title: keptTitle(core._inputHandler._windowTitle),
    modes: modesOf(emulator),
    ...(looks.format === undefined && looks.styles !== true
      ? { lines: [...scrollbackOf(rebuilt, scrollback), ...lines] }
      : drawnScreen(rebuilt, scrollback, looks)),
    ...(drawn === undefined ? {} : { drawn: drawnRows(rows, drawn) }),
  };
};

export const stateOf = ({ tracked, core }: Emulator): Pick<ScreenState, 'title' | 'cwd'> => ({
  title: keptTitle(core._inputHandler._windowTitle),
  cwd: folderOf(tracked),
});

const inOnePiece = ([before, prefix, behind]: Serialized): Buffer => {
  const start = Buffer.byteLength(before);
  const end = start + prefix.length;
  // Not of the pool: it is handed to another thread, with the memory it is in.
  const bytes = Buffer.allocUnsafeSlow(end + Buffer.byteLength(behind));
  bytes.write(before);
  bytes.set(prefix, start);
  bytes.write(behind, end);
  return bytes;
};

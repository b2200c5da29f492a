import type { Size } from '../protocol/model';
import { Emulator } from './emulator';
import { History } from './history';
import type { HistoryLines } from './historyLines';
import type { Keyframe } from './keyframe';

/** An emulator, and the history its rows go to. */
export interface Rebuilt {
  readonly emulator: Emulator;
  readonly history: History;
}

/**
 * As it was when the keyframe was written, or an empty one of `size`. The lines end where the keyframe says.
 * @param nonce what the shell in it says with its marks
 */
export const rebuild = (lines: HistoryLines, size: Size, keyframe?: Keyframe, nonce?: string): Rebuilt => {
  const history: History = new History(lines, (id) => emulator.core._oscLinkService.getLinkData(id));
  const emulator = new Emulator(keyframe?.size ?? size, history, nonce);
  if (keyframe !== undefined) {
    emulator.feed(Buffer.from(keyframe.snapshot));
    emulator.feed(keyframe.continuation);
    emulator.tap.rowsAbove = keyframe.rowsAbove ?? emulator.tap.rowsAbove;
    const { normal } = emulator.core._bufferService.buffers;
    normal.savedY = keyframe.savedRow === undefined ? normal.savedY : keyframe.savedRow + normal.ybase;
    goOnWith({ emulator, history }, keyframe);
  }
  return { emulator, history };
};

/** A stream can't say that its very first row goes on with one that is not in it. */
const goOnWith = ({ emulator, history }: Rebuilt, { openCols, size }: Keyframe): void => {
  if (openCols === size.cols) {
    history.openCols = openCols;
    const first = history.pending[0] ?? emulator.core._bufferService.buffers.normal.lines.get(0);
    if (first !== undefined) {
      first.isWrapped = true;
    }
  }
};

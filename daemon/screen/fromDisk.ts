import { setAside } from '../platform/brokenFile';
import type { Offset, TerminalId } from '../protocol/ids';
import { HistoryFile } from './historyFile';
import { Mark } from './historyLine';
import { type Keyframe, keyframePath, readKeyframe } from './keyframe';
import type { WorkerSettings } from './workerMessages';

/** What is on disk of a terminal's mirror, as far as it is good. */
export interface OnDisk {
  readonly keyframe: Keyframe | undefined;
  /** As far as the keyframe knows it; behind what is gone of that, a gap. */
  readonly file: HistoryFile;
  /** Where files are that were broken: nothing reads them any more. */
  readonly setAside: readonly string[];
  /** What is there now is another thing than the keyframe says. */
  readonly isMended: boolean;
}

/** @param known of a mirror that slept, should its keyframe be gone */
export const fromDisk = (
  terminal: TerminalId,
  { keyframesFolder, historiesFolder, historySegmentBytes }: WorkerSettings,
  known: { readonly offset: Offset; readonly historyLength: number } | undefined,
): OnDisk => {
  const { keyframe, aside } = goodKeyframe(keyframesFolder, terminal);
  const file = new HistoryFile(historiesFolder, terminal, historySegmentBytes);
  const length = (keyframe ?? known)?.historyLength;
  if (length === undefined) {
    file.keepWholeLines();
    return { keyframe, file, setAside: aside, isMended: false };
  }
  const damaged = file.goBackTo(length, keyframe?.historySum);
  const isMended = file.length < length;
  if (isMended) {
    file.append(Mark.GAP);
  }
  return {
    keyframe: keyframe === undefined || !isMended ? keyframe : behindGap(keyframe, file.length),
    file,
    setAside: [...aside, ...damaged],
    isMended,
  };
};

/** One that is broken is set aside, and where it is now is said. */
export const goodKeyframe = (
  folder: string,
  terminal: TerminalId,
): { readonly keyframe: Keyframe | undefined; readonly aside: readonly string[] } => {
  const found = readKeyframe(folder, terminal);
  return found === 'broken'
    ? { keyframe: undefined, aside: [setAside(keyframePath(folder, terminal), 'move')] }
    : { keyframe: found, aside: [] };
};

/** Its first row goes on with nothing. */
const behindGap = ({ openCols: _, ...keyframe }: Keyframe, historyLength: number): Keyframe => ({
  ...keyframe,
  historyLength,
});

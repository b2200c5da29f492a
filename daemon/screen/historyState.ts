import { readFileSync } from 'node:fs';
import { endOf, type Segment, sumOf } from './historySegments';

/** How much of a history that is on the disk is looked at again when it is read: what is nearest to the screen. */
const TAIL_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;

/** What a keyframe says of the end of its history, by which a torn or damaged one is recognised. */
export interface HistorySum {
  /** The sum is of what stands from this position to the keyframe's `historyLength`. */
  readonly from: number;
  /** CRC-32 */
  readonly crc: number;
  /** All of the history was on the disk when the keyframe was written; else only what stands before `from`. */
  readonly isFlushed: boolean;
  /**
   * Where not all was: the first lines behind `from`, each with its line feed, which stood on the screen when the rest came to the
   * disk. They may be of any age; whatever comes behind them is newer than that.
   */
  readonly bridge?: string;
}

/** Where a history's tail begins that is looked at again, in the segment that `end` is in. */
export const tailBegin = (segments: readonly Segment[], end: number): number => {
  const last = segments.findLast(({ start }) => start < end);
  return Math.max(last?.start ?? end, end - TAIL_BYTES);
};

/** What is good of a history. */
export interface HistoryState {
  /** Whole lines up to here. */
  readonly end: number;
  /** Older segments that don't go on in the next one, and those before them: nothing is known of what is between. */
  readonly broken: readonly Segment[];
  /** The last one, if some of what was on the disk is wrong or gone. */
  readonly damaged: Segment | undefined;
}

/**
 * Looks at a history that is said to be of `length`. What was never flushed, and is not all there, counts as not written: a
 * power cut takes it. What was flushed, and is short or has another sum, is damaged.
 */
export const stateOfHistory = (
  segments: readonly Segment[],
  length: number,
  sum?: HistorySum,
): HistoryState => {
  const isGood = sum === undefined || isSumRight(segments, length, sum);
  const isTorn = !isGood && !sum.isFlushed;
  const target = isTorn ? sum.from : length;
  const kept = segments.filter(({ start }) => start < target);
  const last = kept.at(-1);
  if (last === undefined) {
    return { end: target, broken: [], damaged: undefined };
  }
  const reached = Math.min(target, endOf(last));
  const isDamaged = reached < target || (!isGood && !isTorn);
  const gapBehind = kept.findLastIndex(
    (segment, index) => index < kept.length - 1 && endOf(segment) !== kept[index + 1]?.start,
  );
  return {
    end: isDamaged ? wholeLinesEnd(last, isGood ? reached : Math.min(reached, sum.from)) : reached,
    broken: kept.slice(0, gapBehind + 1),
    damaged: isDamaged ? last : undefined,
  };
};

/** Where the oldest of it was dropped meanwhile, nobody can say any more. */
const isSumRight = (segments: readonly Segment[], length: number, { from, crc }: HistorySum): boolean =>
  from >= length || from < (segments[0]?.start ?? 0) || sumOf(segments, from, length) === crc;

/** The end of the last whole line up to `position`. A disk has zeros where nothing came to it; lines have none. */
export const wholeLinesEnd = ({ start, path }: Segment, position: number): number => {
  const bytes = readFileSync(path).subarray(0, position - start);
  const zero = bytes.indexOf(0);
  return start + (zero === -1 ? bytes : bytes.subarray(0, zero)).lastIndexOf(LINE_FEED) + 1;
};

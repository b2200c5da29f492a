import type { Millis, Offset } from '../protocol/ids';
import type { Size } from '../protocol/model';
import type { Anchor, JournalHeader } from './format';
import { JournalIndex } from './journalIndex';
import { endOf, RecordReader } from './records';
import type { Ring } from './ring';

export interface JournalExit {
  readonly exitCode: number;
  readonly signal: number;
  readonly at: Millis;
}

/** What a ring holds, from the oldest record to the last whole one. */
export interface RecoveredJournal {
  readonly index: JournalIndex;
  /** Where the next record would stand, and its offset. */
  readonly position: number;
  readonly head: Offset;
  readonly size: Size;
  /** The exit, when nothing follows it. */
  readonly exit: JournalExit | null;
  readonly lastOutputAt: Millis | null;
}

/** The index's grain, and with it how far the oldest record moves at a time: 32 moves a round. */
export const indexStep = (capacity: number): number => Math.floor(capacity / 32);

/**
 * Reads on from the header's record until what comes is no record. Where a power cut has let newer records onto the disk,
 * and not the header that says what they were written over, that is soon, and most of what follows is there: of these
 * pieces it is the longest. What was flushed is longer than what was not, or a keyframe is newer than it.
 */
export const recover = (ring: Ring, header: JournalHeader): RecoveredJournal => {
  let best = readOn(ring, header.capacity, header);
  let end = best.position;
  let longest = end - header.position;
  for (const anchor of header.anchors) {
    if (anchor.position >= end) {
      const piece = readOn(ring, header.capacity, anchor);
      end = piece.position;
      if (end - anchor.position > longest) {
        longest = end - anchor.position;
        best = piece;
      }
    }
  }
  return best;
};

const readOn = (ring: Ring, capacity: number, start: Anchor): RecoveredJournal => {
  const reader = new RecordReader(ring);
  const index = new JournalIndex(indexStep(capacity));
  const limit = start.position + capacity;
  let { position, offset: head, size } = start;
  let exit: JournalExit | null = null;
  let lastOutputAt: Millis | null = null;
  index.add({ position, offset: head, size });
  for (let found = reader.at(position, limit); found !== undefined; found = reader.at(position, limit)) {
    const { record, next } = found;
    if (record.offset !== head) {
      break;
    }
    index.add({ position, offset: head, size });
    exit = null;
    if (record.kind === 'output') {
      lastOutputAt = record.time;
    } else if (record.kind === 'resize') {
      size = { cols: record.cols, rows: record.rows };
    } else {
      exit = { exitCode: record.exitCode, signal: record.signal, at: record.time };
    }
    head = endOf(record);
    position = next;
  }
  return { index, position, head, size, exit, lastOutputAt };
};

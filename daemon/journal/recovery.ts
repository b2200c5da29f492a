import type { Millis, Offset } from '../protocol/ids';
import type { Size } from '../protocol/model';
import type { JournalHeader } from './format';
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

/** Reads on from the header's record until what comes is no record. */
export const recover = (ring: Ring, header: JournalHeader): RecoveredJournal => {
  const reader = new RecordReader(ring);
  const index = new JournalIndex(indexStep(header.capacity));
  const limit = header.position + header.capacity;
  let position = header.position;
  let head = header.offset;
  let size = header.size;
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

import type { Millis, Offset } from '../protocol/ids';
import type { Size } from '../protocol/model';
import type { Anchor, JournalHeader } from './format';
import { JournalIndex } from './journalIndex';
import { endOf, RecordReader } from './records';
import type { Ring } from './ring';
import { wholeBehind } from './wholeBehind';

export interface JournalExit {
  readonly exitCode: number;
  readonly signal: number;
  readonly at: Millis;
}

/** What a ring holds, from the oldest whole record to the last one. */
export interface RecoveredJournal {
  readonly index: JournalIndex;
  /** Where the next record would stand, and its offset. */
  readonly position: number;
  readonly head: Offset;
  readonly size: Size;
  /** The exit, when nothing follows it. */
  readonly exit: JournalExit | null;
  readonly lastOutputAt: Millis | null;
  /** By where a place begins that can't be read, oldest first: what is whole behind it. */
  readonly broken: ReadonlyMap<number, Anchor>;
}

/** The index's grain, and with it how far the oldest record moves at a time: 32 moves a round. */
export const indexStep = (capacity: number): number => Math.floor(capacity / 32);

/**
 * Reads on from the header's record until no whole one comes. Where a power cut has let newer records onto the disk, and not
 * the header that says what they were written over, the oldest can't be read, and most of what follows is there.
 */
export const recover = (ring: Ring, header: JournalHeader): RecoveredJournal => {
  const { capacity, anchors } = header;
  const reader = new RecordReader(ring);
  const index = new JournalIndex(indexStep(capacity));
  const broken = new Map<number, Anchor>();
  let { position, offset: head, size } = header;
  let limit = position + capacity;
  let exit: JournalExit | null = null;
  let lastOutputAt: Millis | null = null;
  for (;;) {
    const found = reader.at(position, limit);
    if (found === undefined || found.record.offset !== head) {
      const behind = wholeBehind(ring, { position, offset: head, size }, anchors, limit);
      if (behind === undefined) {
        return { index, position, head, size, exit, lastOutputAt, broken };
      }
      broken.set(position, behind);
      ({ position, offset: head, size } = behind);
      // What is oldest has made room for what is newest.
      limit = (index.first?.position ?? position) + capacity;
      continue;
    }
    const { record, next } = found;
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
};

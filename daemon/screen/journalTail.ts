import { JournalReader } from '../journal/journalReader';
import { endOf } from '../journal/records';
import type { Frame } from '../protocol/frames';
import type { Offset } from '../protocol/ids';

/**
 * The newest offset that a journal knows of which does not hold all that its terminal wrote: some was dropped, or can't be read;
 * undefined for any other. It may be one that is being written.
 */
export const incompleteUpTo = (path: string): Offset | undefined => {
  const reader = JournalReader.open(path);
  try {
    const isComplete = reader?.begin === 0 && reader.isWhole && !reader.isCut;
    return isComplete ? undefined : reader?.knownHead;
  } finally {
    reader?.dispose();
  }
};

/** What a terminal's ring file still holds from `from` on, as the frames its PTY host would have sent. */
export const readJournalTail = function* (path: string, from: Offset): Generator<Frame, void, undefined> {
  const reader = JournalReader.open(path);
  if (reader === undefined) {
    return;
  }
  try {
    let next = from;
    if (reader.tail > from) {
      next = reader.tail;
      yield { kind: 'gap', offset: reader.tail };
      yield { kind: 'resized', offset: reader.tail, ...reader.tailSize };
    }
    for (const record of reader.read(from)) {
      if (record.offset > next) {
        next = record.offset;
        yield { kind: 'gap', offset: next };
      }
      if (record.kind === 'output') {
        next = endOf(record);
        yield { kind: 'output', offset: record.offset, data: record.data };
      } else if (record.kind === 'resize') {
        yield { kind: 'resized', offset: record.offset, cols: record.cols, rows: record.rows };
      }
    }
  } finally {
    reader.dispose();
  }
};

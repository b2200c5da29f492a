import { JournalReader } from '../journal/journalReader';
import type { Frame } from '../protocol/frames';
import type { Offset } from '../protocol/ids';

/** What a terminal's ring file still holds from `from` on, as the frames its PTY host would have sent. */
export const readJournalTail = function* (path: string, from: Offset): Generator<Frame, void, undefined> {
  const reader = JournalReader.open(path);
  if (reader === undefined) {
    return;
  }
  try {
    if (reader.tail > from) {
      yield { kind: 'gap', offset: reader.tail };
      yield { kind: 'resized', offset: reader.tail, ...reader.tailSize };
    }
    for (const record of reader.read(from)) {
      if (record.kind === 'output') {
        yield { kind: 'output', offset: record.offset, data: record.data };
      } else if (record.kind === 'resize') {
        yield { kind: 'resized', offset: record.offset, cols: record.cols, rows: record.rows };
      }
    }
  } finally {
    reader.dispose();
  }
};

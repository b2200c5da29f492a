import { join } from 'node:path';
import { JournalReader } from '../journal/journalReader';
import { JOURNALS_FOLDER } from '../protocol/endpoint';
import type { HostExit } from '../protocol/host';
import type { Offset, TerminalId } from '../protocol/ids';
import type { Size } from '../protocol/model';

export const journalName = (terminal: TerminalId): string => `${terminal}.journal`;

/** Where a terminal's ring file is. */
export const journalPath = (dataDir: string, terminal: TerminalId): string =>
  join(dataDir, JOURNALS_FOLDER, journalName(terminal));

export interface JournalEnd {
  readonly head: Offset;
  readonly tail: Offset;
  readonly size: Size;
  readonly exit: HostExit | undefined;
  /** More was written, which a full disk had not taken when the PTY host died. */
  readonly isCut: boolean;
}

/** What the journal of a terminal says whose PTY host is gone; undefined when there is no readable one. */
export const readJournalEnd = (dataDir: string, terminal: TerminalId): JournalEnd | undefined =>
  reading(dataDir, terminal, (reader) => ({
    head: reader.head,
    tail: reader.tail,
    size: reader.size,
    exit: reader.exit ?? undefined,
    isCut: reader.isCut,
  }));

/** Raw output of a terminal whose PTY host is gone, as far as it is held between the two offsets. */
export const readJournalOutput = (dataDir: string, terminal: TerminalId, from: Offset, to: Offset): Buffer =>
  reading(dataDir, terminal, (reader) => {
    const pieces: Buffer[] = [];
    for (const record of reader.read(from, to)) {
      if (record.kind === 'output') {
        pieces.push(record.data);
      }
    }
    return Buffer.concat(pieces);
  }) ?? Buffer.alloc(0);

const reading = <T>(
  dataDir: string,
  terminal: TerminalId,
  read: (reader: JournalReader) => T,
): T | undefined => {
  const reader = JournalReader.open(journalPath(dataDir, terminal));
  if (reader === undefined) {
    return undefined;
  }
  try {
    return read(reader);
  } finally {
    reader.dispose();
  }
};

import { existsSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { JournalReader } from '../journal/journalReader';
import { setAsideBroken } from '../journal/mending';
import { endOf } from '../journal/records';
import { forgetSetAside } from '../platform/brokenFile';
import { JOURNALS_FOLDER, KEYFRAMES_FOLDER } from '../protocol/endpoint';
import type { HostExit } from '../protocol/host';
import { type Offset, offset, type TerminalId } from '../protocol/ids';
import type { Size } from '../protocol/model';
import { readKeyframe } from '../screen/keyframe';
import type { Parts } from './parts';

export const journalName = (terminal: TerminalId): string => `${terminal}.journal`;

/** Where a terminal's ring file is. */
export const journalPath = (dataDir: string, terminal: TerminalId): string =>
  join(dataDir, JOURNALS_FOLDER, journalName(terminal));

export interface JournalEnd {
  /** Never before what the terminal's keyframe covers. */
  readonly head: Offset;
  readonly tail: Offset;
  readonly size: Size;
  readonly exit: HostExit | undefined;
  /** What was written last is lost: a full disk had not taken it when the PTY host died, or it can't be read. */
  readonly isCut: boolean;
}

/** What the journal of a terminal says whose PTY host is gone; undefined when there is no readable one. */
export const readJournalEnd = (dataDir: string, terminal: TerminalId): JournalEnd | undefined =>
  reading(dataDir, terminal, (reader) => {
    const head = offset(Math.max(reader.knownHead, coveredOffset(dataDir, terminal)));
    const isCut = reader.isCut || head > reader.head;
    return { head, tail: reader.tail, size: reader.size, exit: reader.exit ?? undefined, isCut };
  });

/** How far the output goes that the terminal's keyframe shows, whatever has become of the journal. */
export const coveredOffset = (dataDir: string, terminal: TerminalId): Offset => {
  const keyframe = readKeyframe(join(dataDir, KEYFRAMES_FOLDER), terminal);
  return keyframe === undefined || keyframe === 'broken' ? offset(0) : keyframe.offset;
};

/** Sets the journal of a terminal whose PTY host is gone aside if it is broken, and says so. */
export const mendJournal = ({ settings, report }: Parts, terminal: TerminalId): void => {
  const path = journalPath(settings.dataDir, terminal);
  try {
    const aside = setAsideBroken(path);
    if (aside !== undefined) {
      report(`a broken journal of terminal ${terminal} was set aside`, aside);
    }
  } catch (error) {
    report(`looking at the journal of terminal ${terminal}`, error);
  }
};

/** Deletes the journal, and what was set aside of it. */
export const forgetJournal = (dataDir: string, terminal: TerminalId): void => {
  const path = journalPath(dataDir, terminal);
  rmSync(path, { force: true });
  if (existsSync(dirname(path))) {
    forgetSetAside(dirname(path), (name) => name === basename(path));
  }
};

/**
 * Raw output of a terminal whose PTY host is gone, as far as it is held between the two offsets: the newest part of it that
 * is whole. It may end before `to`.
 */
export const readJournalOutput = (
  dataDir: string,
  terminal: TerminalId,
  from: Offset,
  to: Offset,
): { readonly from: Offset; readonly data: Buffer } =>
  reading(dataDir, terminal, (reader) => {
    const pieces: Buffer[] = [];
    let begin = from;
    let next = from;
    for (const record of reader.read(from, to)) {
      if (record.kind !== 'output') {
        continue;
      }
      if (record.offset > next) {
        pieces.length = 0;
        begin = record.offset;
      }
      pieces.push(record.data);
      next = endOf(record);
    }
    return { from: begin, data: Buffer.concat(pieces) };
  }) ?? { from, data: Buffer.alloc(0) };

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

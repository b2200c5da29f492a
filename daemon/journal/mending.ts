import { lstatSync } from 'node:fs';
import { setAside } from '../platform/brokenFile';
import { JournalReader } from './journalReader';
import { RingFile } from './ring';

/**
 * Sets a broken journal aside, whose PTY host is gone. One without a header is moved; of any other a copy is, and its
 * header says so from then on, so that it is set aside once.
 * @returns where it is now, or undefined when there is nothing broken
 * @throws what the file system throws
 */
export const setAsideBroken = (path: string): string | undefined => {
  const reader = JournalReader.open(path);
  if (reader === undefined) {
    return lstatSync(path, { throwIfNoEntry: false }) && setAside(path, 'move');
  }
  try {
    if (!reader.isBroken) {
      return undefined;
    }
    const aside = setAside(path, 'copy');
    const { first, later, isCut, end } = reader.good;
    if (aside !== path) {
      const file = RingFile.open(path, 'write')?.file;
      file?.noteSetAside(end);
      file?.writeHeader(first, later, isCut ? 'cut' : 'whole');
      file?.close();
    }
    return aside;
  } finally {
    reader.dispose();
  }
};

import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { newId } from './secrets';
import { whatIsThere } from './whatIsThere';

/**
 * Small files that have their place on the disk already. When it is full, what the start of a daemon has to write (two locks, and where
 * it serves) goes into them: they are renamed and written over in place, and what they replace is spare in turn. Spaces stay
 * behind the content, which is JSON.
 */
const PREFIX = '.spare.';
/** One for each thing that a start writes, and one for who is slower than another and gives it back. */
const COUNT = 4;
const NEEDED = 3;
/** Longer than any of these, and no longer than a block of any disk. */
const BYTES = 512;

/** Makes those that are missing, as long as there is room. */
export const keepSpareFiles = (folder: string): void => {
  for (const path of slots(folder).filter((slot) => whatIsThere(slot) === undefined)) {
    try {
      writeFileSync(path, ' '.repeat(BYTES), { flag: 'wx', mode: 0o600 });
    } catch {
      // The disk is full already, or the folder has gone. An empty one would hold no place.
      rmSync(path, { force: true });
      return;
    }
  }
};

/** Whether a daemon can be started although the disk is full. */
export const hasSpareFiles = (folder: string): boolean =>
  slots(folder).filter((slot) => whatIsThere(slot)?.isFile() === true).length >= NEEDED;

/** Makes a file out of a spare one. @returns false where there is none, or the file system does not write in place */
export const makeOfSpare = (path: string, content: string): boolean => {
  const isTaken = slots(dirname(path)).some((slot) => {
    try {
      renameSync(slot, path);
      return true;
    } catch {
      // Not there, or somebody else was faster.
      return false;
    }
  });
  try {
    if (isTaken) {
      writeOver(path, content);
    }
    return isTaken;
  } catch {
    rmSync(path, { force: true });
    return false;
  }
};

/** Replaces a file by a spare one, and keeps the old one's place. @returns false as `makeOfSpare` */
export const replaceBySpare = (path: string, content: string): boolean => {
  const temporary = join(dirname(path), `.${basename(path)}.${newId()}.tmp`);
  if (!makeOfSpare(temporary, content)) {
    return false;
  }
  try {
    const slot = freeSlot(dirname(path));
    if (slot !== undefined && whatIsThere(path)?.isFile() === true) {
      linkSync(path, slot);
    }
    renameSync(temporary, path);
    return true;
  } catch {
    giveUp(temporary);
    return false;
  }
};

/** Removes a file; in a folder where spare ones are kept and one is missing, it is spare. Nothing else may have it open, or be linked to it. @throws what the file system throws */
export const giveUp = (path: string): void => {
  const slot = freeSlot(dirname(path));
  if (slot === undefined) {
    rmSync(path, { force: true });
  } else {
    renameSync(path, slot);
  }
};

/** Writes over a file that is there, in its place on the disk; spaces follow up to its old end. @throws what the file system throws */
export const writeOver = (path: string, content: string): void => {
  const fd = openSync(path, 'r+');
  try {
    const bytes = Buffer.from(content.padEnd(fstatSync(fd).size));
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(fd, bytes, written, bytes.length - written, written);
    }
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
};

const slots = (folder: string): readonly string[] =>
  Array.from({ length: COUNT }, (_, index) => join(folder, `${PREFIX}${index}`));

/** Where one is missing, in a folder where they are kept. */
const freeSlot = (folder: string): string | undefined => {
  const free = slots(folder).filter((slot) => whatIsThere(slot) === undefined);
  return free.length < COUNT ? free[0] : undefined;
};

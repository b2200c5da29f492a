import {
  close,
  closeSync,
  fsync,
  fsyncSync,
  open,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeWay } from './brokenFile';
import { readAtOnce } from './readAtOnce';
import { newId } from './secrets';

/**
 * Replaces a file as a whole, mode 0600: temporary file, fsync, rename, fsync of the folder. A reader sees
 * the old content or the new one, also after a power cut. A folder in its place is set aside.
 */
export const writePrivateFile = (path: string, content: string | Uint8Array): void => {
  const temporary = join(dirname(path), `.${basename(path)}.${newId()}.tmp`);
  const fd = openSync(temporary, 'wx', 0o600);
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(fd, bytes, written);
    }
    fsyncSync(fd);
  } catch (error) {
    closeSync(fd);
    rmSync(temporary, { force: true });
    throw error;
  }
  closeSync(fd);
  try {
    renameOver(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
};

const renameOver = (from: string, to: string): void => {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!makeWay(to)) {
      throw error;
    }
    renameSync(from, to);
  }
};

/** Removes what a power cut or a crash left of `writePrivateFile`. Nobody may be writing in the folder. */
export const removeUnfinished = (folder: string): void => {
  for (const name of readdirSync(folder)) {
    if (UNFINISHED_NAME.test(name)) {
      rmSync(join(folder, name), { force: true });
    }
  }
};

const UNFINISHED_NAME = /^\..+\.tmp$/;

/** Flushes a folder's entries; Windows has no such call and needs none. */
export const syncFolder = (path: string): void => {
  if (process.platform === 'win32') {
    return;
  }
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
};

/** The same on a thread of its own, for who must not wait. @param done is told what failed; a folder that is gone has no entries */
export const syncFolderCalmly = (path: string, done: (error: Error | null) => void): void => {
  if (process.platform === 'win32') {
    done(null);
    return;
  }
  open(path, 'r', (problem, fd) => {
    if (problem !== null) {
      done(problem.code === 'ENOENT' ? null : problem);
      return;
    }
    fsync(fd, (error) => close(fd, () => done(error)));
  });
};

/** A JSON file's value, or undefined when it is absent or no JSON (being replaced, or foreign). */
export const readJsonFile = (path: string): unknown => {
  try {
    return JSON.parse(readAtOnce(path));
  } catch {
    // Absent or torn: for the caller the same as not there.
    return undefined;
  }
};

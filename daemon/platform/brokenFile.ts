import { copyFileSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SET_ASIDE_SUFFIX } from '../protocol/endpoint';
import { whatIsThere } from './whatIsThere';

/** Of each folder; the oldest go when more have come, so that a disk that breaks something at every start is not filled. */
export const MAX_SET_ASIDE = 20;

/** A free name to set a broken file aside under, by which `doctor` knows it. */
export const brokenName = (path: string): string => {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('.', '');
  for (let attempt = 0; ; attempt += 1) {
    const name = `${path}.broken-${stamp}${attempt === 0 ? '' : `-${attempt}`}`;
    if (!existsSync(name)) {
      return name;
    }
  }
};

/** Names of files that were set aside, oldest first. */
export const setAsideNames = (names: readonly string[]): readonly string[] => {
  // Of the same moment, the order does not matter.
  const stampOf = (name: string): string => SET_ASIDE_SUFFIX.exec(name)?.[2] ?? '';
  return names
    .filter((name) => SET_ASIDE_SUFFIX.test(name))
    .sort((a, b) => (stampOf(a) < stampOf(b) ? -1 : 1));
};

/**
 * Sets a broken file aside, never deletes it: moves it, or copies it where what is good in it stays in use.
 * @returns where it is now: `path` itself where the folder takes nothing
 */
export const setAside = (path: string, how: 'move' | 'copy'): string => {
  const aside = brokenName(path);
  try {
    if (how === 'move') {
      renameSync(path, aside);
    } else {
      copyFileSync(path, aside);
    }
  } catch {
    // Read-only or full: whoever reads it goes on without it all the same, and says where it is.
    return path;
  }
  const folder = dirname(path);
  for (const name of setAsideNames(readdirSync(folder)).slice(0, -MAX_SET_ASIDE)) {
    rmSync(join(folder, name), { force: true, recursive: true });
  }
  return aside;
};

/**
 * Sets aside what is no file and stands where one is to be, a folder or a pipe, say: nothing of Holdfast's makes one there, and who
 * opens a pipe waits for its other end. What a link leads to is its maker's affair.
 * @returns whether nothing is in the way now that was before
 */
export const makeWay = (path: string): boolean => {
  const there = whatIsThere(path);
  const isInTheWay = there !== undefined && !there.isFile() && !there.isSymbolicLink();
  return isInTheWay && setAside(path, 'move') !== path;
};

/** Deletes what was set aside of some files: they are to be forgotten. @param isOurs is given their names before */
export const forgetSetAside = (folder: string, isOurs: (name: string) => boolean): void => {
  for (const name of setAsideNames(readdirSync(folder))) {
    if (isOurs(basename(SET_ASIDE_SUFFIX.exec(name)?.[1] ?? ''))) {
      rmSync(join(folder, name), { force: true, recursive: true });
    }
  }
};

import { linkSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDisposable } from '../lifecycle/lifecycle';
import { makeWay } from './brokenFile';
import { isDiskFull } from './diskSpace';
import { readJsonFile } from './privateFile';
import { ownIdentity, type ProcessIdentity, processState } from './processIdentity';
import { newId } from './secrets';
import { giveUp, makeOfSpare, writeOver } from './spareFiles';
import { whatIsThere } from './whatIsThere';

export interface LockHolder extends ProcessIdentity {
  readonly file: string;
}

/**
 * At most one living holder of a folder, without flock(2), which Node lacks, and safe against stale locks.
 *
 * The holder owns the file `<prefix><N>` with the highest N, which holds its pid and start time. Whoever
 * finds that holder dead creates N+1 by link(2), which succeeds for one only, then looks again: if somebody
 * has created a higher one meanwhile (the creator's listing was old), it backs off. The highest file is never
 * removed, not even by its owner when it leaves: a lock is free when its holder is dead.
 */
export class GenerationLock implements IDisposable {
  private constructor(private readonly _path: string) {}

  /** The lock, or undefined when a living process holds it. @throws what the file system throws */
  public static acquire(folder: string, prefix: string): GenerationLock | undefined {
    for (;;) {
      const newest = generations(folder, prefix).at(-1);
      if (newest !== undefined && holderLives(join(folder, `${prefix}${newest}`))) {
        return undefined;
      }
      const mine = (newest ?? 0) + 1;
      const path = join(folder, `${prefix}${mine}`);
      if (!createWith(folder, path)) {
        continue;
      }
      const all = generations(folder, prefix);
      if (all.at(-1) !== mine) {
        rmSync(path, { force: true });
        continue;
      }
      for (const older of all.slice(0, -1).map((each) => join(folder, `${prefix}${each}`))) {
        if (!makeWay(older)) {
          discard(older);
        }
      }
      return new GenerationLock(path);
    }
  }

  /** Whether this process holds it, as far as the folder tells. @throws what the file system throws */
  public static isOurs(folder: string, prefix: string): boolean {
    const newest = generations(folder, prefix).at(-1);
    const holder = newest === undefined ? undefined : readHolder(join(folder, `${prefix}${newest}`));
    const { pid, startTime } = ownIdentity();
    return typeof holder === 'object' && holder.pid === pid && holder.startTime === startTime;
  }

  /** Who holds it, if anybody lives who does, and the file that says so. @throws what the file system throws */
  public static holder(folder: string, prefix: string): LockHolder | undefined {
    const newest = generations(folder, prefix).at(-1);
    if (newest === undefined) {
      return undefined;
    }
    const file = join(folder, `${prefix}${newest}`);
    const holder = readHolder(file);
    return typeof holder === 'object' && holderLives(file) ? { ...holder, file } : undefined;
  }

  /** Frees it while this process lives on: the file stays, and says that nobody holds it. */
  public dispose(): void {
    try {
      // In place: cut off first, it would be nobody's to tell on a disk that has filled since.
      writeOver(this._path, JSON.stringify({ pid: 0, startTime: null }));
    } catch {
      // The folder is gone: so is the lock.
    }
  }
}

const generations = (folder: string, prefix: string): number[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((a, b) => a - b);

/** Creates the lock file with its content in one step; false when it exists already. */
const createWith = (folder: string, path: string): boolean => {
  const temporary = join(folder, `.lock.${newId()}.tmp`);
  const content = JSON.stringify(ownIdentity());
  try {
    writeFileSync(temporary, content, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    // A full disk still makes empty files.
    rmSync(temporary, { force: true });
    if (!isDiskFull(error) || !makeOfSpare(temporary, content)) {
      throw error;
    }
  }
  try {
    linkSync(temporary, path);
  } catch (error) {
    discard(temporary);
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') {
      return false;
    }
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS' || code === 'EMLINK') {
      return createExclusively(path, content);
    }
    throw error;
  }
  rmSync(temporary, { force: true });
  return true;
};

const discard = (path: string): void => {
  try {
    giveUp(path);
  } catch {
    // Somebody else has removed it.
  }
};

/** For file systems without hard links; a reader may see it empty for an instant and then takes it for held. */
const createExclusively = (path: string, content: string): boolean => {
  try {
    writeFileSync(path, content, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return false;
    }
    throw error;
  }
};

/** A lock file without a readable holder is being written; after this long its writer has died. */
const WRITING_MS = 10_000;

const holderLives = (path: string): boolean => {
  const holder = readHolder(path);
  if (holder === 'foreign') {
    return false;
  }
  if (holder !== undefined) {
    return processState(holder.pid, holder.startTime) !== 'dead';
  }
  try {
    // Of a clock that has been set back its time lies in the future.
    return Math.abs(Date.now() - statSync(path).mtimeMs) < WRITING_MS;
  } catch {
    // Removed meanwhile by a newer holder: the caller's own attempt shows who has it.
    return false;
  }
};

/**
 * Who a lock file names; undefined where it is torn. `foreign` for a whole one that lacks what each of ours has, and for what is no file:
 * no process of Holdfast's holds it, and a pid alone is anybody's.
 */
const readHolder = (path: string): ProcessIdentity | 'foreign' | undefined => {
  const value = readJsonFile(path) as Partial<ProcessIdentity> | null | undefined;
  if (value === undefined) {
    return whatIsThere(path)?.isFile() === false ? 'foreign' : undefined;
  }
  return typeof value?.pid === 'number' && (value.startTime === null || typeof value.startTime === 'string')
    ? { pid: value.pid, startTime: value.startTime }
    : 'foreign';
};

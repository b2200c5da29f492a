import { appendFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolders } from '../platform/makeFolders';

/** A log that says little needs little room; the one before is kept as `.1`. */
const MAX_LOG_BYTES = 256 * 1024;

export type Log = (message: string) => void;

/** Writes to a rotated file, created when there is something to say. Never throws. */
export const openLog =
  (path: string): Log =>
  (message) => {
    try {
      makeFolders(dirname(path), 0o700);
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_LOG_BYTES) {
        renameSync(path, `${path}.1`);
      }
      appendFileSync(path, `${new Date().toISOString()} ${message}\n`, { mode: 0o600 });
    } catch {
      // The disk is full or the folder is gone: a log is not worth a program.
    }
  };

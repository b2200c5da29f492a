import { appendFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeWay } from '../platform/brokenFile';
import { ensureFolderIn } from '../platform/dataFolder';
import { LOG_FOLDER } from '../protocol/endpoint';

/** A log that says little needs little room; the one before is kept as `.1`. */
const MAX_LOG_BYTES = 256 * 1024;

export type Log = (message: string) => void;

/** Writes to a rotated file among the data folder's logs, created when there is something to say. Never throws. */
export const openLog =
  (dataDir: string, name: string): Log =>
  (message) => {
    try {
      const path = join(ensureFolderIn(dataDir, LOG_FOLDER), name);
      makeWay(path);
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_LOG_BYTES) {
        makeWay(`${path}.1`);
        renameSync(path, `${path}.1`);
      }
      appendFileSync(path, `${new Date().toISOString()} ${message}\n`, { mode: 0o600 });
    } catch {
      // The disk is full, or the folder is another's: a log is not worth a program.
    }
  };

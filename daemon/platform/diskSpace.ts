import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Finding } from '../protocol/daemon';
import { JOURNAL_BYTES } from '../protocol/host';
import { whatIsThere } from './whatIsThere';

/** Room for some journals and histories; below it, output is soon kept in memory only. */
const LOW_DISK_BYTES = 16 * JOURNAL_BYTES;
/** Below it, hardly a change can be confirmed, and a session can't be removed either. */
const FULL_DISK_BYTES = 1024 * 1024;

/** write(2): no room, or no more for this user. */
const FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

/** Whether the system has refused to write because there is no room. */
export const isDiskFull = (error: unknown): boolean =>
  FULL.has((error as NodeJS.ErrnoException | null)?.code);

/** What it means that the system refused to write in a folder because there is no room, and what to do. */
export const fullDisk = (folder: string, error: unknown): Finding => ({
  check: 'disk',
  status: 'error',
  message:
    (error as NodeJS.ErrnoException).code === 'EDQUOT'
      ? `your quota on the disk that holds ${folder} is used up: nothing more can be written there`
      : `the disk that holds ${folder} is full: nothing more can be written there`,
  suggestion:
    'Make room on it. Programs run on meanwhile and can be ended; their newest output is kept in memory only, and no session is started or changed until there is room.',
});

/** Whether there is room where a folder is, or is to be made. */
export const checkDiskSpace = (folder: string): Finding => {
  let there = folder;
  while (whatIsThere(there) === undefined && dirname(there) !== there) {
    there = dirname(there);
  }
  const { bavail, bsize } = statfsSync(there);
  const free = bavail * bsize;
  const found = { check: 'disk', message: `${Math.floor(free / 1024 / 1024)} MiB are free in ${there}` };
  return free >= LOW_DISK_BYTES
    ? { ...found, status: 'ok' }
    : {
        ...found,
        status: 'warning',
        suggestion:
          free < FULL_DISK_BYTES
            ? `Make room on the disk that holds ${there}; programs go on meanwhile.`
            : "Free some space, or run 'holdfast rm' on old sessions.",
      };
};

import { closeSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { readLastWords } from '../protocol/lastWords';
import { makeWay } from './brokenFile';
import { requireOwnFolder } from './privateFolder';

/** What a daemon says before its own log is open, and when it crashes. In the folder of the logs. */
const START_LOG = 'start.log';
const MAX_START_LOG_BYTES = 64 * 1024;
/** Lines of it that explain a failure. */
const TAIL_LINES = 8;
/** The line of an uncaught error that says what it is, before the places it came from. */
const ERROR_LINE = /^(?:\w*Error)\b.*$/m;

export interface StartLog {
  readonly path: string;
  /** Where the lines of this start begin. */
  readonly from: number;
}

/** Lets a daemon that is being started write to it; daemons append. It is kept small. @throws HoldfastError AUTH_FAILED; what the file system throws */
export const withStartLog = <T>(logFolder: string, start: (fd: number, log: StartLog) => T): T => {
  // Who starts another daemon may have run for weeks, and the folder may be another's by now.
  requireOwnFolder(logFolder);
  const path = join(logFolder, START_LOG);
  makeWay(path);
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const isLong = size > MAX_START_LOG_BYTES;
  if (isLong) {
    truncateSync(path, 0);
  }
  const fd = openSync(path, 'a', 0o600);
  try {
    return start(fd, { path, from: isLong ? 0 : size });
  } finally {
    closeSync(fd);
  }
};

/** The last lines that were written since that start. */
export const tailOf = ({ path, from }: StartLog): string => {
  try {
    const text = readFileSync(path).subarray(from).toString('utf8').trim();
    return text.split('\n').slice(-TAIL_LINES).join('\n');
  } catch {
    // It never came to write one.
    return '';
  }
};

/** What a daemon that crashed or could not start has said at its end, since `time` (milliseconds since 1970). */
export const lastFailure = (
  logFolder: string,
  time: number,
): { readonly message: string; readonly suggestion?: string } | undefined => {
  const path = join(logFolder, START_LOG);
  if ((statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) < time) {
    return undefined;
  }
  const tail = tailOf({ path, from: 0 });
  const message = ERROR_LINE.exec(tail)?.[0];
  return readLastWords(tail) ?? (message === undefined ? undefined : { message });
};

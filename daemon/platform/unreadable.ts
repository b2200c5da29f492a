import { readdirSync } from 'node:fs';
import { HoldfastError } from '../protocol/errors';
import { readAtOnce } from './readAtOnce';

/** Nothing has the name, or what is above it is no folder. */
const NOTHING_THERE: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR']);
const NO_RIGHT: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM']);

/**
 * A JSON file's value; undefined where there is no file, or no JSON in it (foreign, or torn).
 * @throws HoldfastError AUTH_FAILED, DAEMON_UNAVAILABLE where it can't be read: then nothing is known of it
 */
export const readJsonThere = (path: string): unknown => {
  let text: string;
  try {
    text = readAtOnce(path);
  } catch (error) {
    if (
      process.platform === 'win32' ||
      isNothing(error) ||
      (error as NodeJS.ErrnoException).code === 'EISDIR'
    ) {
      // A folder is no file; who writes the file sets it aside. Windows refuses to open what is being replaced at that moment.
      return undefined;
    }
    throw unreadable(path, error as Error);
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * What is in a folder; nothing where none is.
 * @throws HoldfastError AUTH_FAILED, DAEMON_UNAVAILABLE where it can't be looked into: then nothing is known of it
 */
export const namesThere = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isNothing(error)) {
      return [];
    }
    throw unreadable(folder, error as Error);
  }
};

const isNothing = (error: unknown): boolean => NOTHING_THERE.has((error as NodeJS.ErrnoException).code);

const unreadable = (path: string, cause: NodeJS.ErrnoException): HoldfastError =>
  NO_RIGHT.has(cause.code)
    ? new HoldfastError(
        'AUTH_FAILED',
        `${path} can't be read: ${cause.message}`,
        'Give yourself the right to read it, or choose other folders (HOLDFAST_DATA_DIR, HOLDFAST_SOCKET_DIR).',
        { path },
        { cause },
      )
    : new HoldfastError(
        'DAEMON_UNAVAILABLE',
        `${path} can't be read: ${cause.message}`,
        'Try again; if it stays so, check the disk.',
        { path },
        { cause },
      );

import { accessSync, constants, readdirSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { rootSuggestion, strangerAt } from '../../platform/dataFolder';
import { requirePrivateFolder } from '../../platform/privateFolder';
import { whatIsThere } from '../../platform/whatIsThere';
import type { Finding } from '../../protocol/daemon';
import { of } from './finding';

/** PROC_SUPER_MAGIC, statfs(2): root may write there, and still can make nothing. */
const PROC_FILE_SYSTEM = 0x9fa0;
const STICKY = 0o1000;

/** A folder that must be nobody else's, or not there yet. Looks at it, and changes nothing. @throws HoldfastError AUTH_FAILED */
export const checkFolder = (check: string, path: string): Finding => {
  const judge = of(check);
  requirePrivateFolder(path);
  if (whatIsThere(path) !== undefined) {
    return judge({ status: 'ok', message: path });
  }
  const obstacle = whyNotMade(path);
  return obstacle === undefined
    ? judge({ status: 'ok', message: `${path} (not there yet; it is made when needed)` })
    : judge({
        status: 'error',
        message: `${path} can't be made: ${obstacle}`,
        suggestion:
          'Choose another folder (HOLDFAST_DATA_DIR, HOLDFAST_SOCKET_DIR), or make room for this one.',
      });
};

/** What is in a folder. */
export const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    // Not there yet, or found by another check.
    return [];
  }
};

/**
 * The folder that the data folders of all machines are in: who may write there can put another in their place. One of another user is
 * refused before this machine's is made in it.
 */
export const checkDataRoot = (path: string, dataDir: string): readonly Finding[] => {
  const judge = of('data root');
  const stranger = strangerAt(path);
  if (stranger !== undefined) {
    return [
      judge({
        status: isThere(dataDir) ? 'warning' : 'error',
        message: `${path} ${stranger}`,
        suggestion: rootSuggestion(path),
      }),
    ];
  }
  const stat = statSync(path, { throwIfNoEntry: false });
  const isOpen =
    process.platform !== 'win32' &&
    stat?.isDirectory() === true &&
    (stat.mode & 0o022) !== 0 &&
    (stat.mode & STICKY) === 0;
  return isOpen
    ? [
        judge({
          status: 'warning',
          message: `other users may write in ${path}`,
          suggestion: `Run 'chmod go-w ${path}', or choose another folder by HOLDFAST_DATA_DIR.`,
        }),
      ]
    : [];
};

const isThere = (path: string): boolean => {
  try {
    return whatIsThere(path) !== undefined;
  } catch {
    // Nobody can use it, then.
    return false;
  }
};

const whyNotMade = (path: string): string | undefined => {
  let parent = dirname(path);
  while (whatIsThere(parent) === undefined && dirname(parent) !== parent) {
    parent = dirname(parent);
  }
  try {
    if (!statSync(parent).isDirectory()) {
      return `${parent} is not a folder`;
    }
    accessSync(parent, constants.W_OK | constants.X_OK);
    return process.platform === 'linux' && statfsSync(parent).type === PROC_FILE_SYSTEM
      ? `${parent} holds processes, not files`
      : undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

import { accessSync, constants, type Stats } from 'node:fs';
import { HoldfastError } from '../protocol/errors';
import { makeFolders } from './makeFolders';
import { whatIsThere } from './whatIsThere';

/**
 * Makes sure that a folder exists and is nobody else's: a real directory (no link), ours, mode 0700.
 * Refuses instead of repairing, because what another user prepared can't be made safe afterwards.
 * On Windows the profile's ACL protects the folder; only its kind is checked.
 * @throws HoldfastError AUTH_FAILED
 */
export const ensurePrivateFolder = (path: string): void => {
  try {
    makeFolders(path, 0o700);
  } catch (error) {
    throw refusal(
      path,
      `can't be created (${(error as Error).message})`,
      'Create it, or choose another folder.',
    );
  }
  requirePrivateFolder(path);
};

/**
 * Refuses a folder that is there and not private, or can't be looked into, before anything in it is believed; one that is not there is fine.
 * @throws HoldfastError AUTH_FAILED
 */
export const requirePrivateFolder = (path: string): void => {
  const stat = look(path);
  if (stat === undefined) {
    return;
  }
  if (!stat.isDirectory()) {
    throw stat.isSymbolicLink()
      ? refusal(
          path,
          'is a link',
          'Move it away, or choose the folder itself; a link can be turned to another.',
        )
      : refusal(path, 'is not a folder', 'Move it away; a link is not accepted in its place.');
  }
  if (process.getuid === undefined) {
    return;
  }
  if (stat.uid !== process.getuid()) {
    throw strangers(path);
  }
  if ((stat.mode & 0o077) !== 0) {
    throw refusal(path, 'is open to other users', `Look what is in it, then run 'chmod 700 ${path}'.`);
  }
  try {
    accessSync(path, constants.R_OK | constants.X_OK);
  } catch (error) {
    throw refusal(path, `can't be looked into (${(error as Error).message})`, `Run 'chmod 700 ${path}'.`);
  }
};

/**
 * Refuses a folder of somebody else's, before a file is put into it: one of those in the data folder, where another folder may have been
 * put in that one's place since this process began. Who does that can make none in it that is ours.
 * @throws HoldfastError AUTH_FAILED
 */
export const requireOwnFolder = (path: string): void => {
  const stat = look(path);
  if (stat !== undefined && process.getuid !== undefined && stat.uid !== process.getuid()) {
    throw strangers(path);
  }
};

const strangers = (path: string): HoldfastError =>
  refusal(
    path,
    'belongs to another user',
    'Run it as that user, whose sessions may be running there, or choose a folder of your own (HOLDFAST_DATA_DIR, HOLDFAST_SOCKET_DIR). Somebody who has put it there to be in the way is to be asked to remove it.',
  );

const look = (path: string): Stats | undefined => {
  try {
    return whatIsThere(path);
  } catch (error) {
    throw refusal(
      path,
      `can't be looked at (${(error as Error).message})`,
      'Give yourself the right to look there, or choose another folder (HOLDFAST_DATA_DIR, HOLDFAST_SOCKET_DIR).',
    );
  }
};

const refusal = (path: string, what: string, suggestion: string): HoldfastError =>
  new HoldfastError('AUTH_FAILED', `the folder ${path} ${what}`, suggestion, {
    path,
  });

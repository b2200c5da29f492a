import { type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HoldfastError } from '../protocol/errors';
import { ensurePrivateFolder, requirePrivateFolder } from './privateFolder';
import { whatIsThere } from './whatIsThere';

/**
 * Makes sure that this machine's data folder exists and is nobody else's. It is made only where no other user could put
 * another one in its place.
 * @throws HoldfastError AUTH_FAILED
 */
export const ensureDataFolder = (dataDir: string): void => {
  requirePrivateFolder(dataDir);
  if (whatIsThere(dataDir) === undefined) {
    const root = dirname(dataDir);
    const stranger = strangerAt(root);
    if (stranger !== undefined) {
      throw new HoldfastError('AUTH_FAILED', `the folder ${root} ${stranger}`, rootSuggestion(root), {
        path: root,
      });
    }
  }
  ensurePrivateFolder(dataDir);
};

/**
 * Makes sure that one of the data folder's own folders exists. Both are looked at, each time before something is put into it:
 * whoever owns the folder above may have put another one in the data folder's place since this process began.
 * @returns its path
 * @throws HoldfastError AUTH_FAILED
 */
export const ensureFolderIn = (dataDir: string, name: string): string => {
  ensureDataFolder(dataDir);
  const path = join(dataDir, name);
  ensurePrivateFolder(path);
  return path;
};

/**
 * Which other user could put another folder in the place of what is in this one: who owns it, or a link that stands in its place.
 * Root may do that anyway.
 * @returns what to say of it; undefined for nobody, or where nothing is
 * @throws the system's error where it can't be looked at
 */
export const strangerAt = (path: string): string | undefined => {
  const stat = whatIsThere(path);
  if (stat === undefined) {
    return undefined;
  }
  if (!stat.isSymbolicLink()) {
    return isStrangers(stat) ? 'belongs to another user' : undefined;
  }
  if (isStrangers(stat)) {
    return 'is a link of another user';
  }
  const target = statSync(path, { throwIfNoEntry: false });
  return target !== undefined && isStrangers(target) ? 'is a link to a folder of another user' : undefined;
};

export const rootSuggestion = (root: string): string =>
  `Its owner could put another folder in the place of yours: choose one of your own by HOLDFAST_DATA_DIR, as a folder in your home, or run 'chown -h ${process.getuid?.() ?? 0} ${root}'.`;

const isStrangers = ({ uid }: Stats): boolean =>
  process.getuid !== undefined && uid !== 0 && uid !== process.getuid();

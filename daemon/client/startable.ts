import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDataFolder } from '../platform/dataFolder';
import type { Locations } from '../platform/locations';
import { ensurePrivateFolder, requirePrivateFolder } from '../platform/privateFolder';
import { namesThere } from '../platform/unreadable';
import { explainUnwritable, requireWritable, tryToWrite } from '../platform/unwritable';
import { whatIsThere } from '../platform/whatIsThere';
import { DAEMON_FOLDERS, STORE_FILE_NAME } from '../protocol/endpoint';

/**
 * Whether a daemon that is started now could do what it has to, as far as can be seen before: its folders are this user's and take files,
 * and the store's files can be opened. To be asked before one that works is sent away.
 * @throws HoldfastError AUTH_FAILED, DAEMON_UNAVAILABLE
 */
export const requireStartable = (locations: Locations): void => {
  const { dataDir, runtimeDir } = locations;
  ensureDataFolder(dataDir);
  ensurePrivateFolder(runtimeDir);
  requireWritable(locations);
  try {
    for (const folder of DAEMON_FOLDERS.map((name) => join(dataDir, name))) {
      requirePrivateFolder(folder);
      if (whatIsThere(folder) !== undefined) {
        tryToWrite(folder);
      }
    }
    for (const name of namesThere(dataDir).filter((each) => STORE_FILE_NAME.test(each))) {
      closeSync(openSync(join(dataDir, name), 'r+'));
    }
  } catch (error) {
    throw explainUnwritable(error, locations);
  }
};

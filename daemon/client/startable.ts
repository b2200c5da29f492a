import { join } from 'node:path';
import { ensureDataFolder } from '../platform/dataFolder';
import { isDiskFull } from '../platform/diskSpace';
import type { Locations } from '../platform/locations';
import { requireFile } from '../platform/onlyFile';
import { ensurePrivateFolder, requirePrivateFolder } from '../platform/privateFolder';
import { hasSpareFiles } from '../platform/spareFiles';
import { namesThere } from '../platform/unreadable';
import { explainUnwritable, tryToWrite } from '../platform/unwritable';
import { whatIsThere } from '../platform/whatIsThere';
import { DAEMON_FOLDERS, STORE_FILE_NAME } from '../protocol/endpoint';

/**
 * Whether a daemon that is started now could do what it has to, as far as can be seen before: its folders are this user's and take files,
 * and the store's files can be opened. To be asked before one that is there is sent away.
 * @param onFullDisk whether one that works is not to be given up for one that can confirm nothing either
 * @throws HoldfastError AUTH_FAILED, DAEMON_UNAVAILABLE
 */
export const requireStartable = (locations: Locations, onFullDisk: 'refuse' | 'start' = 'refuse'): void => {
  const { dataDir, runtimeDir } = locations;
  ensureDataFolder(dataDir);
  ensurePrivateFolder(runtimeDir);
  const attempt = (folder: string): void => {
    try {
      tryToWrite(folder);
    } catch (error) {
      if (onFullDisk === 'refuse' || !isDiskFull(error) || !hasSpareFiles(dataDir)) {
        throw error;
      }
    }
  };
  try {
    attempt(dataDir);
    attempt(runtimeDir);
    for (const folder of DAEMON_FOLDERS.map((name) => join(dataDir, name))) {
      requirePrivateFolder(folder);
      if (whatIsThere(folder) !== undefined) {
        attempt(folder);
      }
    }
    for (const name of namesThere(dataDir).filter((each) => STORE_FILE_NAME.test(each))) {
      requireFile(join(dataDir, name));
    }
  } catch (error) {
    throw explainUnwritable(error, locations);
  }
};

import { lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fullDisk, isDiskFull } from '../../platform/diskSpace';
import { requireFile } from '../../platform/onlyFile';
import { requirePrivateFolder } from '../../platform/privateFolder';
import { remedyFor, tryToWrite } from '../../platform/unwritable';
import type { Finding } from '../../protocol/daemon';
import { DAEMON_FOLDERS, STORE_FILE_NAME } from '../../protocol/endpoint';
import { namesIn } from './folders';

interface Refused {
  readonly what: 'data folder' | 'runtime folder';
  readonly path: string;
  readonly error: unknown;
}

/**
 * Writes a file in each folder that is there and removes it: rights, a full disk and a read-only one show. That the data folder's disk is
 * full is one finding, however many of them are on it.
 */
export const checkWritable = (dataDir: string, runtimeDir: string): readonly Finding[] => {
  const refused = [
    ...[dataDir, ...DAEMON_FOLDERS.map((name) => join(dataDir, name))].flatMap(attempt('data folder')),
    ...attempt('runtime folder')(runtimeDir),
  ];
  const full = refused.find(({ what, error }) => what === 'data folder' && isDiskFull(error));
  const isOfFullDisk = ({ path, error }: Refused): boolean =>
    full !== undefined && isDiskFull(error) && statSync(path).dev === statSync(full.path).dev;
  return [
    ...(full === undefined ? [] : [fullDisk(full.path, full.error)]),
    ...refused
      .filter((each) => !isOfFullDisk(each))
      .map(({ what, path, error }) => unwritable(what, path, error, VARIABLES[what])),
  ];
};

const VARIABLES: Readonly<Record<Refused['what'], string>> = {
  'data folder': 'HOLDFAST_DATA_DIR',
  'runtime folder': 'HOLDFAST_SOCKET_DIR',
};

const attempt =
  (what: Refused['what']) =>
  (path: string): readonly Refused[] => {
    if (!isFolder(path)) {
      return [];
    }
    try {
      tryToWrite(path);
      return [];
    } catch (error) {
      return [{ what, path, error }];
    }
  };

/** Opens each of the store's files as the daemon does. */
export const checkStoreFiles = (dataDir: string): readonly Finding[] =>
  namesIn(dataDir)
    .filter((name) => STORE_FILE_NAME.test(name))
    .map((name) => join(dataDir, name))
    .filter((path) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === false)
    .flatMap((path) => {
      try {
        requireFile(path);
        return [];
      } catch (error) {
        return [unwritable('store', path, error, 'HOLDFAST_DATA_DIR')];
      }
    });

const unwritable = (check: string, path: string, error: unknown, variable: string): Finding => ({
  check,
  status: 'error',
  message: `${path} can't be written: ${(error as Error).message}`,
  suggestion: remedyFor(error, variable) ?? 'Check its rights and the disk.',
});

/** Nothing is put into a folder that is not this user's alone. */
const isFolder = (path: string): boolean => {
  try {
    requirePrivateFolder(path);
    return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    // Another's, below a file, or in a folder that can't be looked into: that is found by itself.
    return false;
  }
};

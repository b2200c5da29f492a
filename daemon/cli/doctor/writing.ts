import { closeSync, lstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { requirePrivateFolder } from '../../platform/privateFolder';
import { remedyFor, tryToWrite } from '../../platform/unwritable';
import type { Finding } from '../../protocol/daemon';
import { DAEMON_FOLDERS, STORE_FILE_NAME } from '../../protocol/endpoint';
import { namesIn } from './folders';

/** Writes a file in each folder that is there and removes it: rights, a full disk and a read-only one show. */
export const checkWritable = (dataDir: string, runtimeDir: string): readonly Finding[] => [
  ...check(
    'data folder',
    [dataDir, ...DAEMON_FOLDERS.map((name) => join(dataDir, name))],
    'HOLDFAST_DATA_DIR',
  ),
  ...check('runtime folder', [runtimeDir], 'HOLDFAST_SOCKET_DIR'),
];

const check = (what: string, folders: readonly string[], variable: string): readonly Finding[] =>
  folders.filter(isFolder).flatMap((folder) =>
    problem(what, folder, variable, () => {
      tryToWrite(folder);
    }),
  );

/** Opens each of the store's files as the daemon does. */
export const checkStoreFiles = (dataDir: string): readonly Finding[] =>
  namesIn(dataDir)
    .filter((name) => STORE_FILE_NAME.test(name))
    .map((name) => join(dataDir, name))
    .filter((path) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === false)
    .flatMap((path) => problem('store', path, 'HOLDFAST_DATA_DIR', () => closeSync(openSync(path, 'r+'))));

const problem = (what: string, path: string, variable: string, attempt: () => void): readonly Finding[] => {
  try {
    attempt();
    return [];
  } catch (error) {
    return [
      {
        check: what,
        status: 'error',
        message: `${path} can't be written: ${(error as Error).message}`,
        suggestion: remedyFor(error, variable) ?? 'Check its rights and the disk.',
      },
    ];
  }
};

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

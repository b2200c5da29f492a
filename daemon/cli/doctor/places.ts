import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LAUNCH_LOCK_PREFIX } from '../../client/heldLock';
import { requirePrivateFolder } from '../../platform/privateFolder';
import type { Finding } from '../../protocol/daemon';
import {
  COMMAND_FOLDER,
  DAEMON_FOLDERS,
  ENDPOINT_FILE,
  HISTORIES_FOLDER,
  HOSTS_FOLDER,
  KEYFRAMES_FOLDER,
  LOCK_PREFIX,
  LOG_FOLDER,
} from '../../protocol/endpoint';
import { examineAll } from './finding';

/** Where files of these names are: the daemon's own and the locks, records of PTY hosts, logs, what scrolled off screens. */
const FILES: readonly { readonly folder: string; readonly name: RegExp }[] = [
  { folder: '.', name: new RegExp(`^(?:${ENDPOINT_FILE}|(?:${LOCK_PREFIX}|${LAUNCH_LOCK_PREFIX})\\d+)$`) },
  { folder: HOSTS_FOLDER, name: /\.json$/ },
  { folder: LOG_FOLDER, name: /\.log(?:\.\d+)?$/ },
  { folder: HISTORIES_FOLDER, name: /\.\d+\.txt$/ },
  { folder: KEYFRAMES_FOLDER, name: /\.(?:keyframe|revision)$/ },
];

/** What stands in the data folder where something else has to be: a file in the place of a folder, or the other way round. */
export const checkPlaces = (dataDir: string): readonly Finding[] => [
  ...[...DAEMON_FOLDERS, COMMAND_FOLDER].flatMap((name) =>
    examineAll('places', () => {
      requirePrivateFolder(join(dataDir, name));
      return [];
    }),
  ),
  ...FILES.flatMap(({ folder, name }) => noFiles(join(dataDir, folder), name)),
];

const noFiles = (folder: string, name: RegExp): readonly Finding[] => {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => name.test(entry.name) && !entry.isFile())
      .map((entry) => ({
        check: 'places',
        status: 'warning',
        message: `${join(folder, entry.name)} is ${entry.isDirectory() ? 'a folder' : 'no file'}, and has to be a file`,
        suggestion: 'Look what it is, and move it away. It is set aside when the file is written next.',
      }));
  } catch {
    // Not there, or said above.
    return [];
  }
};

import { accessSync, constants, readdirSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { whatIsThere } from '../../platform/whatIsThere';
import type { Finding } from '../../protocol/daemon';
import { of } from './finding';

/** PROC_SUPER_MAGIC, statfs(2): root may write there, and still can make nothing. */
const PROC_FILE_SYSTEM = 0x9fa0;
const STICKY = 0o1000;

/** A folder that must be nobody else's, or not there yet. Looks at it, and changes nothing. */
export const checkFolder = (check: string, path: string): Finding => {
  const judge = of(check);
  const stat = whatIsThere(path);
  if (stat === undefined) {
    const obstacle = whyNotMade(path);
    return obstacle === undefined
      ? judge({ status: 'ok', message: `${path} (not there yet; it is made when needed)` })
      : judge({
          status: 'error',
          message: `${path} can't be made: ${obstacle}`,
          suggestion:
            'Choose another folder (HOLDFAST_DATA_DIR, HOLDFAST_SOCKET_DIR), or make room for this one.',
        });
  }
  if (!stat.isDirectory()) {
    return judge({
      status: 'error',
      message: `${path} is not a folder`,
      suggestion: 'Move it away; a link is not accepted in its place.',
    });
  }
  if (process.getuid !== undefined && stat.uid !== process.getuid()) {
    return judge({
      status: 'error',
      message: `${path} belongs to another user`,
      suggestion: `Remove it, or run 'chown ${process.getuid()} ${path}'.`,
    });
  }
  if (process.getuid !== undefined && (stat.mode & 0o077) !== 0) {
    return judge({
      status: 'error',
      message: `${path} is open to other users`,
      suggestion: `Look what is in it, then run 'chmod 700 ${path}'.`,
    });
  }
  return judge({ status: 'ok', message: path });
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

/** The folder that the data folders of all machines are in: who may write there can put another in their place. */
export const checkDataRoot = (path: string): readonly Finding[] => {
  const stat = whatIsThere(path);
  const isOpen =
    process.platform !== 'win32' &&
    stat?.isDirectory() === true &&
    (stat.mode & 0o022) !== 0 &&
    (stat.mode & STICKY) === 0;
  return isOpen
    ? [
        {
          check: 'data root',
          status: 'warning',
          message: `other users may write in ${path}`,
          suggestion: `Run 'chmod go-w ${path}', or choose another folder by HOLDFAST_DATA_DIR.`,
        },
      ]
    : [];
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

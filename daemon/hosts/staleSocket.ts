import { lstatSync, rmSync } from 'node:fs';

/** Removes the socket that a process known to be dead has left; a named pipe goes with its process. */
export const removeStaleSocket = (path: string): void => {
  if (process.platform !== 'win32' && lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true) {
    rmSync(path, { force: true });
  }
};

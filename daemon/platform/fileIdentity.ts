import { lstatSync } from 'node:fs';

/**
 * Which file a path names at this moment, of a link the link itself; undefined where nothing is. A file system gives the number of
 * a file that is gone out again, so the time of its last change belongs to it: neither connecting to a socket nor chmod(2) sets that.
 * @returns only to be compared for equality
 * @throws the system's error where it can't be looked at
 */
export const fileIdentity = (path: string): string | undefined => {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}:${stat.mtimeNs}`;
};

import { lstatSync, type Stats } from 'node:fs';

/**
 * What a path names, of a link the link itself; undefined where nothing is, or can't be: below a file.
 * @throws the system's error where it can't be looked at
 */
export const whatIsThere = (path: string): Stats | undefined => {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') {
      return undefined;
    }
    throw error;
  }
};

import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it, as `mkdir -p` does. Not by `mkdirSync` with `recursive`: where the system
 * answers "no such file" for a new folder in one that exists, as below /proc, that one never returns.
 * @param mode of the folders that are made
 * @throws what the file system throws
 */
export const makeFolders = (path: string, mode = 0o777): void => {
  const missing: string[] = [];
  let folder = resolve(path);
  while (statSync(folder, { throwIfNoEntry: false }) === undefined) {
    missing.unshift(folder);
    const parent = dirname(folder);
    if (parent === folder) {
      break;
    }
    folder = parent;
  }
  for (const each of missing) {
    try {
      mkdirSync(each, { mode });
    } catch (error) {
      // Somebody else was faster. What else may stand there is seen by whoever uses it.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw error;
      }
    }
  }
};

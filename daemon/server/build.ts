import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The product's version; `0.0.0` when a source file runs by itself. */
export const VERSION: string = typeof __HOLDFAST_VERSION__ === 'string' ? __HOLDFAST_VERSION__ : '0.0.0';

/** Names the content of the folder this daemon runs from. */
export const readBuildId = (folder: string): string => {
  try {
    return readFileSync(join(folder, 'build-id'), 'utf8').trim();
  } catch {
    // Not built as a whole: a development run.
    return 'development';
  }
};

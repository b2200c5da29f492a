import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names the content of a folder with the built program; `development` for one that was not built as a whole. */
export const readBuildId = (folder: string): string => {
  try {
    return readFileSync(join(folder, 'build-id'), 'utf8').trim();
  } catch {
    // A folder that was put together by hand: its content has no name of its own.
    return 'development';
  }
};

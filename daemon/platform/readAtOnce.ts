import { closeSync, constants, openSync, readFileSync } from 'node:fs';

/** Windows keeps no pipes in folders. */
const AT_ONCE = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** A file's text, read without waiting: whoever opens a pipe that nobody writes to waits for ever. @throws what the file system throws */
export const readAtOnce = (path: string): string => {
  const fd = openSync(path, AT_ONCE);
  try {
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
};

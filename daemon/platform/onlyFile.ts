import { closeSync, constants, fstatSync, openSync } from 'node:fs';

/** To open a pipe waits for its other end; Windows keeps none in folders. */
export const NO_WAIT = (constants.O_NONBLOCK as number | undefined) ?? 0;

/** What to throw where something else stands in a file's place: what the system says of a folder there. */
export const noFile = (path: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`EISDIR: what stands there is no file, open '${path}'`), { code: 'EISDIR', path });

/** Opens a file for reading and writing, and closes it. @throws what the file system throws; EISDIR for what is no file */
export const requireFile = (path: string): void => {
  const fd = openSync(path, constants.O_RDWR | NO_WAIT);
  try {
    if (!fstatSync(fd).isFile()) {
      throw noFile(path);
    }
  } finally {
    closeSync(fd);
  }
};

import { constants, open, rm } from 'node:fs/promises';
import { NO_WAIT, noFile } from '../platform/onlyFile';

/** Writes a whole new file (0600) and flushes it; on failure nothing of it is left. Its folder is not flushed. */
export const writeFlushed = async (path: string, content: Uint8Array): Promise<void> => {
  const handle = await open(path, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } catch (error) {
    await handle.close();
    await rm(path, { force: true });
    throw error;
  }
  await handle.close();
};

/** A file's bytes. @throws what the file system throws, with the path, which it leaves out where a folder stands there */
export const readWhole = async (path: string): Promise<Buffer> => {
  try {
    return await readFrom(path);
  } catch (error) {
    const { path: named, message } = error as NodeJS.ErrnoException;
    throw named === undefined
      ? Object.assign(error as Error, { message: `${message} '${path}'`, path })
      : error;
  }
};

const readFrom = async (path: string): Promise<Buffer> => {
  const handle = await open(path, constants.O_RDONLY | NO_WAIT);
  try {
    if (!(await handle.stat()).isFile()) {
      throw noFile(path);
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
};

/** A file's bytes, or undefined when there is none. */
export const readIfThere = async (path: string): Promise<Buffer | undefined> => {
  try {
    return await readWhole(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
};

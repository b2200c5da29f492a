import { ReadStream } from 'node:tty';

/** A read takes at most this much: a paste comes in pieces, as the kernel hands it out. */
const READ_BYTES = 64 * 1024;

/**
 * The keys typed at standard input, a terminal. Read past Node's streams where that can be done: their machinery
 * costs as much as all else that is done for a key. Silent until it is resumed.
 * @param onKeys gets what was typed; the bytes are valid during the call only
 */
export const openKeyStream = (onKeys: (keys: Buffer) => void): ReadStream => {
  if (process.platform === 'win32') {
    process.stdin.on('data', onKeys);
    process.stdin.pause();
    return process.stdin;
  }
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  const onread = {
    buffer,
    callback: (length: number) => {
      onKeys(buffer.subarray(0, length));
      return true;
    },
  };
  return new ReadStream(0, { onread } as object);
};

/** Nothing is read any more; whoever reads standard input next gets what comes. */
export const closeKeyStream = (keys: ReadStream): void => {
  keys.pause();
  if (keys !== process.stdin) {
    keys.destroy();
  }
};

import { writeSync } from 'node:fs';
import { Socket, type SocketConstructorOpts } from 'node:net';

/** As much as a Unix socket holds, and several frames of output: a flood is read in few calls. */
const READ_BYTES = 256 * 1024;

/** All sockets read into the same memory: what was read is handled before the next read. */
let readBuffer: Buffer | undefined;

const sharedBuffer = (): Buffer => {
  readBuffer ??= Buffer.allocUnsafeSlow(READ_BYTES);
  return readBuffer;
};

/** The part of a stream's handle that is used here; none of it is documented, so all of it is optional. */
interface Handle {
  readonly fd?: number;
  readStop?(): number;
  reading?: boolean;
}

interface WithHandle {
  _handle?: Handle | null;
}

/**
 * Reads a socket without the machinery of Node's streams, which costs as much as everything else that is done for
 * a typed key. A socket can only be told so when it is made, so this makes a new one of its connection, and the
 * two end together. Where Node does not offer that, the old one goes on.
 * @param socket nobody reads it any more
 * @param onBytes gets what arrives, what was read ahead included; the bytes are valid during the call only
 * @returns the socket to go on with, which has to be resumed
 */
export const readDirectly = (socket: Socket, onBytes: (bytes: Buffer) => void): Socket => {
  const holder = socket as unknown as WithHandle;
  const handle = holder._handle;
  const isOpen =
    !socket.connecting &&
    !socket.destroyed &&
    socket.readable &&
    socket.writable &&
    socket.writableLength === 0;
  if (process.platform === 'win32' || handle?.readStop === undefined || !isOpen) {
    socket.on('data', onBytes);
    return socket;
  }
  const buffer = sharedBuffer();
  const ahead = socket.read() as Buffer | null;
  handle.readStop();
  handle.reading = false;
  holder._handle = null;
  const fresh = new Socket({
    handle,
    manualStart: true,
    onread: {
      buffer,
      callback: (length: number) => {
        onBytes(buffer.subarray(0, length));
        return true;
      },
    },
  } as SocketConstructorOpts);
  // Errors end in 'close', where whoever owns the socket cleans up.
  fresh.on('error', () => undefined);
  fresh.once('close', () => socket.destroy());
  socket.once('close', () => fresh.destroy());
  if (ahead !== null) {
    // Before anything else: the next bytes come with a later turn of the event loop.
    queueMicrotask(() => {
      if (!fresh.destroyed) {
        onBytes(ahead);
      }
    });
  }
  return fresh;
};

/** A stream that can be written to with its descriptor: a socket, or a terminal that does not block. */
export interface DirectTarget {
  readonly destroyed: boolean;
  readonly writableLength: number;
}

/** Writes to a stream with its descriptor, past Node's streams. */
export class DirectWriter {
  private readonly _fd: number;

  public constructor(private readonly _stream: DirectTarget) {
    const fd = process.platform === 'win32' ? undefined : (_stream as WithHandle)._handle?.fd;
    this._fd = fd ?? -1;
  }

  /**
   * Hands the kernel what it takes at once. Nothing while something else waits in the stream, or where there is no
   * descriptor (Windows' pipes); whatever is wrong with the stream is left for its own `write` to find.
   * @returns how many bytes it took: the rest is to be written to the stream
   */
  public write(bytes: Uint8Array): number {
    // A stream that is destroyed has closed its descriptor, and somebody else may have it.
    if (this._fd < 0 || this._stream.destroyed || this._stream.writableLength > 0) {
      return 0;
    }
    try {
      return writeSync(this._fd, bytes);
    } catch {
      return 0;
    }
  }
}

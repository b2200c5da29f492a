import { join } from 'node:path';
import { HoldfastError } from '../protocol/errors';
import { fingerprint } from './fingerprint';
import { newId } from './secrets';

/** How the socket begins that a terminal of VS Code tells its environment through. */
export const PROBE_SOCKET = 'e-';
/** Names of the sockets of daemons, PTY hosts and probes, as `newSocketPath` makes them. */
export const OUR_SOCKET = /^[dhe]-[a-z0-9]{12}\.sock$/;
/** Those of daemons. */
export const DAEMON_SOCKET = /^d-[a-z0-9]{12}\.sock$/;

/** Bytes of `sun_path` less its end mark: unix(7), and 104 on macOS. Node cuts longer paths silently. */
const MAX_SOCKET_PATH_BYTES = process.platform === 'darwin' ? 103 : 107;

/**
 * A path for a new socket that nothing else has: in the runtime folder, or a named pipe on Windows.
 * @throws HoldfastError INVALID_INPUT when the path would be longer than a socket's may be
 */
export const newSocketPath = (runtimeDir: string, prefix: string): string => {
  const name = `${prefix}${newId()}`;
  if (process.platform === 'win32') {
    const folder = fingerprint(runtimeDir.toLowerCase());
    return `\\\\.\\pipe\\holdfast-${folder}-${name}`;
  }
  const path = join(runtimeDir, `${name}.sock`);
  checkSocketPath(path);
  return path;
};

/** @throws HoldfastError INVALID_INPUT */
export const checkSocketPath = (path: string): void => {
  const bytes = Buffer.byteLength(path);
  if (process.platform !== 'win32' && bytes > MAX_SOCKET_PATH_BYTES) {
    throw new HoldfastError(
      'INVALID_INPUT',
      `the socket path ${path} has ${bytes} bytes; a socket's may have ${MAX_SOCKET_PATH_BYTES}`,
      'Set HOLDFAST_SOCKET_DIR to a folder with a shorter path.',
      { path, bytes, limit: MAX_SOCKET_PATH_BYTES },
    );
  }
};

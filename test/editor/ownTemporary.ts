import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** The longest name of a socket that VS Code puts there: `vscode-ipc-<uuid>.sock`. */
const LONGEST_SOCKET_NAME = 'vscode-ipc-00000000-0000-0000-0000-000000000000.sock';
/** `sun_path` of a Unix socket, without its end. */
const LONGEST_SOCKET_PATH = 107;

/**
 * A temporary folder below a test's own, which goes with that: an editor leaves its compile cache behind, and its sockets
 * when it is killed. Elsewhere than on Linux the temporary folder is too long for sockets in a folder below it.
 *
 * @returns variables for the editor
 * @throws Error when its sockets would not fit
 */
export const ownTemporary = (folder: string): Readonly<Record<string, string>> => {
  const own = temporaryBelow(folder);
  if (own !== undefined && Buffer.byteLength(join(own, LONGEST_SOCKET_NAME)) > LONGEST_SOCKET_PATH) {
    throw new Error(`${own} is too long for the sockets of an editor: set TMPDIR to a shorter folder`);
  }
  return own === undefined ? {} : { TMPDIR: own, XDG_RUNTIME_DIR: own };
};

/** The same for a program of the editor that makes no sockets. */
export const ownTemporaryFiles = (folder: string): Readonly<Record<string, string>> => {
  const own = temporaryBelow(folder);
  return own === undefined ? {} : { TMPDIR: own };
};

const temporaryBelow = (folder: string): string | undefined => {
  if (process.platform !== 'linux') {
    return undefined;
  }
  const own = join(folder, 'tmp');
  mkdirSync(own, { recursive: true, mode: 0o700 });
  return own;
};

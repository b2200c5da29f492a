import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** What VS Code names its sockets, `vscode-ipc-….sock` and `vscode-git-….sock`. */
const VSCODE_SOCKET = /^vscode-[\w.-]+\.sock$/;

/**
 * Removes the sockets that an editor which has been ended since `since` has left in the temporary folder: VS Code removes none of them, and programs in
 * sessions use that folder too, so that it can be no other. Only those of this user that nobody listens to any more.
 *
 * @param {{ since: number, folders?: readonly string[] }} options milliseconds since 1970
 * @returns {Promise<string[]>} the paths of those that it removed
 */
export async function removeDeadSockets({ since, folders = socketFolders() }) {
  const removed = [];
  for (const folder of folders) {
    for (const name of listed(folder).filter((one) => VSCODE_SOCKET.test(one))) {
      const file = path.join(folder, name);
      if (isOwnSince(file, since) && (await isDead(file))) {
        fs.rmSync(file, { force: true });
        removed.push(file);
      }
    }
  }
  return removed;
}

const socketFolders = () => [...new Set([process.env.XDG_RUNTIME_DIR ?? os.tmpdir(), os.tmpdir()])];

const listed = (folder) => (fs.existsSync(folder) ? fs.readdirSync(folder) : []);

const isOwnSince = (file, since) => {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  return stat?.isSocket() === true && stat.uid === process.getuid?.() && stat.ctimeMs >= since;
};

const isDead = (file) =>
  new Promise((resolve) => {
    const socket = net.connect(file);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error) => resolve(error.code === 'ECONNREFUSED'));
  });

import { lstatSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { removeStaleSocket } from '../hosts/staleSocket';
import { OUR_SOCKET } from '../platform/socketPath';

/** One that is being bound refuses connections for an instant, until its process listens. */
const YOUNG_MS = 10_000;
/** Whoever does not answer in this time may only be busy. */
const PROBE_MS = 2000;

/**
 * Removes the sockets that killed processes have left behind and no record names any more; nothing else in the
 * runtime folder is looked at. Only what is proved dead goes: the system refuses the connection, because nobody
 * listens. A living one, whoever's it is (another data folder's daemon may use the same runtime folder), hears a
 * connection that says nothing.
 * @returns what was removed
 */
export const removeStaleSockets = async (runtimeDir: string, own: string): Promise<readonly string[]> => {
  if (process.platform === 'win32') {
    return [];
  }
  const removed: string[] = [];
  for (const name of readdirSync(runtimeDir).filter((candidate) => OUR_SOCKET.test(candidate))) {
    const path = join(runtimeDir, name);
    // One after the other: nobody waits for it.
    if (path !== own && isOldSocket(path) && (await refuses(path))) {
      removeStaleSocket(path);
      removed.push(path);
    }
  }
  return removed;
};

const isOldSocket = (path: string): boolean => {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isSocket() === true && Date.now() - stat.mtimeMs > YOUNG_MS;
};

const refuses = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ path });
    const settle = (isRefused: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(isRefused);
    };
    const timer = setTimeout(() => settle(false), PROBE_MS);
    timer.unref();
    socket.once('connect', () => settle(false));
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code === 'ECONNREFUSED'));
  });

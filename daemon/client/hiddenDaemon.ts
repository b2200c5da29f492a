import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GenerationLock } from '../platform/generationLock';
import type { Locations } from '../platform/locations';
import { DAEMON_SOCKET } from '../platform/socketPath';
import { namesThere } from '../platform/unreadable';
import { type EndpointRecord, LOCK_PREFIX } from '../protocol/endpoint';
import { isDead, readEndpoint } from './endpoint';

/** A daemon whose data folder was deleted says again where it is within milliseconds, or 5 s where the system tells it nothing. */
const PATIENCE_MS = 6000;
const LOOK_EVERY_MS = 10;

/**
 * Where the living daemon of the data folder serves. One that can't be found yet is waited for: it starts, leaves, or its
 * data folder was deleted a moment ago.
 * @returns undefined when none runs, as far as the data folder and the sockets in the runtime folder tell; `hidden` when there may
 * be one that has not said where it is
 * @throws HoldfastError AUTH_FAILED where these can't be looked into
 */
export const findDaemon = async (locations: Locations): Promise<EndpointRecord | 'hidden' | undefined> => {
  for (const deadline = performance.now() + PATIENCE_MS; ; await sleep(LOOK_EVERY_MS)) {
    const endpoint = readEndpoint(locations.dataDir);
    if (endpoint !== undefined && !isDead(endpoint)) {
      return endpoint;
    }
    if (!(await mayBeHidden(locations, endpoint !== undefined))) {
      return undefined;
    }
    if (performance.now() > deadline) {
      return 'hidden';
    }
  }
};

/**
 * A daemon that leaves takes the file that names it along, and its lock stays: so the folder of one that has left is not taken
 * for one that was deleted. Without either, a daemon that listens may be this folder's or another one's.
 */
const mayBeHidden = async ({ dataDir, runtimeDir }: Locations, isNamed: boolean): Promise<boolean> => {
  const locks = namesThere(dataDir).filter((name) => name.startsWith(LOCK_PREFIX));
  if (locks.length > 0) {
    try {
      return GenerationLock.holder(dataDir, LOCK_PREFIX) !== undefined;
    } catch {
      // Deleted just now: the next look sees what is left.
      return true;
    }
  }
  if (isNamed) {
    return false;
  }
  const sockets = namesThere(runtimeDir).filter((name) => DAEMON_SOCKET.test(name));
  const all = await Promise.all(sockets.map((name) => listens(join(runtimeDir, name))));
  return all.includes(true);
};

const listens = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

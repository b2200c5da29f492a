import { type Locations, resolveLocations } from '../platform/locations';
import { requirePrivateFolder } from '../platform/privateFolder';
import type { DaemonShutdown } from '../protocol/daemon';
import type { EndpointRecord } from '../protocol/endpoint';
import { type DaemonLink, livingHosts } from './endpoint';
import { findDaemon } from './hiddenDaemon';
import {
  connectOrStart,
  type FoundDaemon,
  helloClient,
  lookForDaemon,
  NEVER_START_TIMEOUT_MS,
} from './launcher';
import { askToLeave, type Leaving, leave, PATIENCE_MS } from './leave';
import type { ConnectOptions } from './options';
import { findProgram } from './program';
import { programsLeft, programsRunOn } from './programsLeft';
import { endSilentDaemon, holderOf, silent } from './silentDaemon';
import { requireStartable } from './startable';

/**
 * Ends the running daemon, also one that does not say yet where it is (`findDaemon`): `if-idle` refuses while programs run
 * (SESSIONS_RUNNING), also those of a daemon that has died; `force` ends them first, those of one that does not answer too.
 * @returns undefined when none runs
 */
export const stopDaemon = async (
  options: ConnectOptions,
  mode: 'if-idle' | 'force',
): Promise<DaemonShutdown.Result | undefined> => {
  const locations = resolveLocations(options.environment ?? process.env);
  const found = await look(options, locations, mode === 'force' ? PATIENCE_MS : NEVER_START_TIMEOUT_MS);
  if (found?.silent !== undefined) {
    if (mode === 'if-idle') {
      throw silent(found.silent);
    }
    await endSilentDaemon(locations.dataDir, found.silent);
  }
  if (found?.link !== undefined) {
    if (mode === 'if-idle') {
      return leave(found.link, mode);
    }
    const { result } = await sendAway(locations, found.link, mode);
    if (result !== undefined) {
      return result;
    }
  }
  if (mode === 'force' && livingHosts(locations.dataDir).length > 0) {
    // Programs whose daemon has died: only one that knows them can end them all.
    return leave(await connectOrStart({ ...options, start: 'always' }), mode);
  }
  if (mode === 'if-idle') {
    const left = await programsLeft(locations.dataDir, helloClient(options));
    if (left.length > 0) {
      throw programsRunOn(left);
    }
  }
  const pid = found?.silent?.pid ?? found?.link?.endpoint.pid;
  return pid === undefined ? undefined : { pid, killed: 0, keep: false };
};

/**
 * Starts this build's daemon in the place of the running one, whatever its version and whether it answers or not; programs go on.
 * @throws HoldfastError DAEMON_UNAVAILABLE
 */
export const restartDaemon = async (options: ConnectOptions): Promise<EndpointRecord> => {
  const locations = resolveLocations(options.environment ?? process.env);
  const found = await look(options, locations, PATIENCE_MS);
  if (found !== undefined) {
    try {
      // Before it is sent away: the next could not be started. One that does not answer can be given up on a full disk too.
      requireStartable(locations, found.silent === undefined ? 'refuse' : 'start');
    } catch (error) {
      found.link?.socket.destroy();
      throw error;
    }
  }
  if (found?.silent !== undefined) {
    await endSilentDaemon(locations.dataDir, found.silent);
  }
  const left = found?.link && (await sendAway(locations, found.link, 'replace'));
  // One that does not answer has said before whether it is to stay.
  const keep = left?.result?.keep ?? (found?.silent ?? found?.link?.endpoint)?.keep ?? false;
  const link = await connectOrStart({ ...options, start: 'always', keep });
  const wasEnded = found?.silent !== undefined || left?.problem !== undefined;
  if (wasEnded && link.endpoint.buildId !== findProgram(options.distFolder).buildId) {
    // A PTY host has started the next one, as it does where a daemon dies, and of the build that there was.
    link.socket.destroy();
    return restartDaemon(options);
  }
  link.socket.destroy();
  return link.endpoint;
};

/** Asks a daemon to leave; where it hangs instead its process is ended. */
const sendAway = async (
  { dataDir }: Locations,
  link: DaemonLink,
  mode: 'force' | 'replace',
): Promise<Leaving> => {
  const left = await askToLeave(link, mode);
  if (left.problem !== undefined) {
    await endSilentDaemon(dataDir, link.endpoint);
  }
  return left;
};

const look = async (
  options: ConnectOptions,
  locations: Locations,
  patienceMs: number,
): Promise<FoundDaemon | undefined> => {
  // One that can't be looked into says nothing of whether a daemon runs.
  requirePrivateFolder(locations.dataDir);
  const found = await findDaemon(locations);
  if (found === 'hidden') {
    // The sockets in the runtime folder may be those of another data folder's daemon; the lock is not.
    const holder = holderOf(locations.dataDir);
    return holder && { silent: holder };
  }
  return found && lookForDaemon(options, locations, patienceMs);
};

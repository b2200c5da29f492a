import { setTimeout as sleep } from 'node:timers/promises';
import { GenerationLock } from '../platform/generationLock';
import { isStopped, type ProcessIdentity, processState } from '../platform/processIdentity';
import { LOCK_PREFIX } from '../protocol/endpoint';
import { HoldfastError } from '../protocol/errors';
import { isDead } from './endpoint';

/** One that hears flushes its store before it leaves; one that is killed is gone at once, unless its disk hangs. */
const END_MS = 5000;
const POLL_MS = 10;

/** A daemon that lives and says nothing; without a socket where it has not even said where it is. */
export interface SilentDaemon extends ProcessIdentity {
  readonly socket?: string;
  /** Whether it was to stay although nothing is left to do. */
  readonly keep?: boolean;
}

/** A daemon lives and does not answer: nothing is assumed, and it is not ended unless somebody asks for that. */
export const silent = ({ pid, socket }: SilentDaemon): HoldfastError =>
  new HoldfastError(
    'DAEMON_UNAVAILABLE',
    isStopped(pid)
      ? `the daemon (process ${pid}) is stopped and does not answer`
      : `the daemon (process ${pid}) runs but does not answer`,
    `${isStopped(pid) ? `'kill -CONT ${pid}' lets it go on` : 'Try again'}; if it stays so, 'holdfast daemon restart' puts another in its place. Programs are not the daemon's, and go on.`,
    { pid, ...(socket === undefined ? {} : { socket }) },
  );

/**
 * Ends the process of a daemon that does not answer, and no other: what was said of it and the lock of the data folder have to name
 * that very process, by pid and start time. Programs are the PTY hosts', and go on. It is told to leave; one that is stopped, or does not hear, is killed.
 * @throws HoldfastError DAEMON_UNAVAILABLE where it is not certain which process it is, or that one can't be ended
 */
export const endSilentDaemon = async (dataDir: string, daemon: SilentDaemon): Promise<void> => {
  for (const signal of isStopped(daemon.pid) ? (['SIGKILL'] as const) : (['SIGTERM', 'SIGKILL'] as const)) {
    if (isDead(daemon)) {
      return;
    }
    if (!isCertain(dataDir, daemon)) {
      throw notEnded(
        daemon,
        'its lock or its start time does not say for certain that this process is the daemon',
      );
    }
    try {
      process.kill(daemon.pid, signal);
    } catch (error) {
      if (!isDead(daemon)) {
        throw notEnded(daemon, (error as Error).message);
      }
    }
    if (await endsInTime(daemon)) {
      return;
    }
  }
  throw notEnded(daemon, `it lives ${END_MS} ms after it was killed`);
};

/** The daemon of a data folder, by its lock: one that starts, leaves or hangs before it has said where it is, or behind that. */
export const holderOf = (dataDir: string): SilentDaemon | undefined => {
  try {
    return GenerationLock.holder(dataDir, LOCK_PREFIX);
  } catch {
    // There is no folder, or it was deleted just now.
    return undefined;
  }
};

const isCertain = (dataDir: string, { pid, startTime }: SilentDaemon): boolean => {
  const holder = holderOf(dataDir);
  return (
    startTime !== null &&
    holder?.pid === pid &&
    holder.startTime === startTime &&
    processState(pid, startTime) === 'alive'
  );
};

const endsInTime = async (daemon: SilentDaemon): Promise<boolean> => {
  for (const deadline = performance.now() + END_MS; performance.now() < deadline; await sleep(POLL_MS)) {
    if (isDead(daemon)) {
      return true;
    }
  }
  return false;
};

const notEnded = ({ pid, socket }: SilentDaemon, why: string): HoldfastError =>
  new HoldfastError(
    'DAEMON_UNAVAILABLE',
    `the daemon (process ${pid}) does not answer, and was not ended: ${why}`,
    `Look what process ${pid} is. If it is the daemon, 'kill -9 ${pid}' ends it alone: programs go on, and the next call starts another.`,
    { pid, ...(socket === undefined ? {} : { socket }) },
  );

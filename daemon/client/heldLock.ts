import { GenerationLock, type LockHolder } from '../platform/generationLock';
import { LOCK_PREFIX } from '../protocol/endpoint';

/** Held by the one client that starts the daemon, so that twenty at once don't start twenty that lose. */
export const LAUNCH_LOCK_PREFIX = 'launch.lock.';

/** What keeps this process from starting a daemon. */
export interface HeldLock {
  readonly message: string;
  readonly suggestion: string;
}

/** Whose lock says that a daemon runs, or is being started, by another process than this one. */
export const heldLock = (dataDir: string): HeldLock | undefined => {
  try {
    const daemon = othersIn(dataDir, LOCK_PREFIX);
    if (daemon !== undefined) {
      return described(daemon, 'is the daemon', "'holdfast daemon restart' puts another in its place");
    }
    const launcher = othersIn(dataDir, LAUNCH_LOCK_PREFIX);
    return launcher && described(launcher, 'is starting a daemon', `look what process ${launcher.pid} does`);
  } catch {
    // There is no folder, or it was deleted just now.
    return undefined;
  }
};

const othersIn = (dataDir: string, prefix: string): LockHolder | undefined => {
  const holder = GenerationLock.holder(dataDir, prefix);
  return holder?.pid === process.pid ? undefined : holder;
};

/** Without a start time it may be any process that has got the pid; with one, it is the one that took the lock. */
const described = ({ pid, startTime, file }: LockHolder, role: string, remedy: string): HeldLock => ({
  message: `${file} says that process ${pid}, which lives, ${role}`,
  suggestion:
    startTime === null
      ? `Look what process ${pid} is. If it is not Holdfast's, delete ${file} and try again.`
      : `Try again; if it stays so, ${remedy}.`,
});

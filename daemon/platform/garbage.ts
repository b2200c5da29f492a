import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** V8's own, for tests: src/extensions/gc-extension.h. */
type Collect = (options?: {
  readonly type: 'major';
  readonly execution: 'sync';
  readonly flavor: 'last-resort';
}) => void;

/** One of this thread. */
let collect: Collect | undefined;

/**
 * Collects this thread's garbage now and gives what it took back to the system. V8 does so by itself only where
 * something is allocated, and a thread that has become idle keeps what it has: this is for those who know that a lot
 * has just been let go. Takes some ten milliseconds, more with what is alive.
 */
export const collectGarbage = (): void => {
  try {
    collect ??= exposed();
    // An older V8 knows the first alone; a newer one keeps the pages it has freed until the second.
    collect();
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  } catch {
    // Another engine, or one that gives it to nobody: it collects when it has to.
  }
};

/** A context that is made while the flag is set has it. Unset again: what is compiled is kept for the same flags only. */
const exposed = (): Collect => {
  setFlagsFromString('--expose-gc');
  try {
    return runInNewContext('gc') as Collect;
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
};

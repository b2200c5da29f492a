import { readFileSync } from 'node:fs';

const POLL_MS = 1;
/** A child that has not become its program by then is taken for started; a loaded machine may need this long. */
const LIMIT_MS = 1000;

/**
 * Resolves when a forked child has become its program, or has ended: then a program that can't be executed
 * can still be refused. On Linux the child's command line changes from ours to its own at that moment; on macOS
 * nothing tells, and what was checked before must do.
 */
export const waitForExec = (pid: number, whenEnded: (ended: () => void) => void): Promise<void> => {
  if (process.platform !== 'linux') {
    return Promise.resolve();
  }
  const deadline = performance.now() + LIMIT_MS;
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const finish = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const look = (): void => {
      if (performance.now() > deadline || hasExecuted(pid)) {
        finish();
      } else {
        timer = setTimeout(look, POLL_MS);
      }
    };
    whenEnded(finish);
    look();
  });
};

let ourCommandLine: string | undefined;

const hasExecuted = (pid: number): boolean => {
  try {
    ourCommandLine ??= readFileSync('/proc/self/cmdline', 'latin1');
    const theirs = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
    // Empty: it has ended, and its exit is on the way.
    return theirs !== '' && theirs !== ourCommandLine;
  } catch {
    // Gone, or /proc is hidden: the exit or the limit decides.
    return false;
  }
};

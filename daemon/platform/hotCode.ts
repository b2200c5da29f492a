import nodeModule from 'node:module';
import { setFlagsFromString } from 'node:v8';

/**
 * After how many calls V8 compiles a function well: its own 400 and 3,000 are hours of typing, and what runs once a
 * key runs from cold caches, where good code is shorter code. https://v8.dev/blog/maglev
 */
const FLAGS = ['--invocation-count-for-maglev=30', '--invocation-count-for-turbofan=100'];
/** V8's that are known to have these flags (Node 22 and 24, Electron up to 37); another one would complain. */
const KNOWN_MAJORS: ReadonlySet<string> = new Set(['12', '13']);

/** What runs in a start only is over by then, and is not worth compiling well. */
const STARTED_MS = 2000;

/** For a process that keeps or shows a terminal: what a key passes is soon compiled as well as V8 can. */
export const compileHotCodeEarly = (): void => {
  const [major = ''] = process.versions.v8.split('.');
  if (KNOWN_MAJORS.has(major)) {
    setTimeout(setFlags, STARTED_MS).unref();
  }
};

const setFlags = (): void => {
  // What is kept is thrown away by who reads it under other flags than it was written with, so that comes before.
  (nodeModule as { readonly flushCompileCache?: () => void }).flushCompileCache?.();
  for (const flag of FLAGS) {
    setFlagsFromString(flag);
  }
};

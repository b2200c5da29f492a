import nodeModule from 'node:module';
import { setFlagsFromString } from 'node:v8';

/**
 * After how many calls V8 compiles a function well: its own 400 and 3,000 are hours of typing, and what runs once a
 * key runs from cold caches, where good code is shorter code. https://v8.dev/blog/maglev
 */
const FLAGS = ['--invocation-count-for-maglev=30', '--invocation-count-for-turbofan=100'];
/** V8's that are known to have these flags (Node 22 and 24, Electron up to 37); another one would complain. */
const KNOWN_MAJORS: ReadonlySet<string> = new Set(['12', '13']);

/**
 * How much of a WebAssembly function runs before V8 compiles it well: its own bound (13,000,000, in Node 20
 * 1,800,000) is passed by SQLite as it opens a store, and what that sets off takes as much of the processor as
 * the whole start, on an overloaded machine from the start itself. What is hot for long is compiled well all the same.
 */
const WASM_FLAG = '--wasm-tiering-budget=200000000';
/** Node 20, 22 and 24, Electron up to 37. */
const WASM_MAJORS: ReadonlySet<string> = new Set(['11', '12', '13']);

/** What runs in a start only is over by then, and is not worth compiling well. */
const STARTED_MS = 2000;

/** For a process that keeps or shows a terminal: what a key passes is soon compiled as well as V8 can. */
export const compileHotCodeEarly = (): void => {
  if (KNOWN_MAJORS.has(major())) {
    setTimeout(setFlags, STARTED_MS).unref();
  }
};

/**
 * For a process that is to serve soon after its start. Before anything is loaded that V8's work on is kept: it is
 * taken back under the same flags only.
 */
export const compileWasmLate = (): void => {
  if (WASM_MAJORS.has(major())) {
    setFlagsFromString(WASM_FLAG);
  }
};

const major = (): string => process.versions.v8.split('.')[0] ?? '';

const setFlags = (): void => {
  // What is kept is thrown away by who reads it under other flags than it was written with, so that comes before.
  (nodeModule as { readonly flushCompileCache?: () => void }).flushCompileCache?.();
  for (const flag of FLAGS) {
    setFlagsFromString(flag);
  }
};

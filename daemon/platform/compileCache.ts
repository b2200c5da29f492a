import { lstatSync } from 'node:fs';
import nodeModule from 'node:module';
import { join } from 'node:path';

/**
 * What V8 has compiled is kept below the copy of the program it was made from, and goes with it. Never in the
 * system's temporary folder, Node's default: what lies there could have been written by somebody else.
 * https://nodejs.org/api/module.html#module-compile-cache
 */
const CACHE_FOLDER = 'compile-cache';
/** Node reads it as it starts, in worker threads too; 22.1 and later. */
const NODE_COMPILE_CACHE = 'NODE_COMPILE_CACHE';
/** By then what a start needs has run, so that its functions are compiled and kept too. */
const SAVE_AFTER_MS = 2000;

/** Node's own, absent in older ones. */
interface CompileCache {
  /** @since Node 22.1 */
  readonly enableCompileCache?: (folder: string) => unknown;
  /** @since Node 22.10 */
  readonly flushCompileCache?: () => void;
}

const node = nodeModule as unknown as CompileCache;

/** What a process that runs from the copy in `folder` is started with, so that it starts faster the next time. */
export const compileCacheVariables = (folder: string): Readonly<Record<string, string>> => ({
  [NODE_COMPILE_CACHE]: join(folder, CACHE_FOLDER),
});

/** What is loaded from here on is compiled once, if the copy in `folder` is there and is only ours. */
export const enableCompileCache = (folder: string): void => {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  const uid = process.getuid?.();
  if (
    stat?.isDirectory() === true &&
    (uid === undefined || (stat.uid === uid && (stat.mode & 0o022) === 0))
  ) {
    node.enableCompileCache?.(join(folder, CACHE_FOLDER));
  }
};

/** For a process or a thread that lives long: Node would write only at its end, which may be a sudden one. */
export const saveCompileCacheSoon = (): void => {
  const flush = node.flushCompileCache;
  if (flush !== undefined && process.env[NODE_COMPILE_CACHE] !== undefined) {
    setTimeout(() => flush(), SAVE_AFTER_MS).unref();
  }
};

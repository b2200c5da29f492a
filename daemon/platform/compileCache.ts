import { existsSync } from 'node:fs';
import nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { COMPILED_FOLDER } from './compiledModule';

/** Node reads it as it starts, in worker threads too; 22.1 and later. */
const NODE_COMPILE_CACHE = 'NODE_COMPILE_CACHE';
/** Behind what the start itself is busy with. What is kept is what Node compiled before it ran (compiledModule.ts keeps more). */
const SAVE_AFTER_MS = 2000;

/** Node's own, absent in older ones. */
interface CompileCache {
  /** @since Node 22.10 */
  readonly flushCompileCache?: () => void;
}

const node = nodeModule as unknown as CompileCache;

/** What a process that runs from the copy in `folder` is started with, so that it starts faster the next time. */
export const compileCacheVariables = (folder: string): Readonly<Record<string, string>> => ({
  [NODE_COMPILE_CACHE]: join(folder, COMPILED_FOLDER),
});

/**
 * The environment to start a process with from a copy that may be gone: Node would make the folders above its cache anew,
 * open to others, even for a program that is not there, and nobody would start anything from them any more.
 */
export const withoutLostCache = (environment: Readonly<NodeJS.ProcessEnv>): NodeJS.ProcessEnv => {
  const { [NODE_COMPILE_CACHE]: cache, ...rest } = environment;
  return cache === undefined || existsSync(dirname(cache)) ? { ...environment } : rest;
};

/** For a process or a thread that lives long: Node would write only at its end, which may be a sudden one. */
export const saveCompileCacheSoon = (): void => {
  const flush = node.flushCompileCache;
  if (flush !== undefined && process.env[NODE_COMPILE_CACHE] !== undefined) {
    setTimeout(() => flush(), SAVE_AFTER_MS).unref();
  }
};

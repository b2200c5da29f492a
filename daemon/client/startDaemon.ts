import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compileCacheVariables } from '../platform/compileCache';
import { homeFolder } from '../platform/homeFolder';
import type { Locations } from '../platform/locations';
import { ensurePrivateFolder } from '../platform/privateFolder';
import { type StartLog, tailOf, withStartLog } from '../platform/startLog';
import { LOG_FOLDER } from '../protocol/endpoint';
import { readLastWords } from '../protocol/lastWords';
import { daemonEnvironment } from './daemonEnvironment';
import type { Runtime } from './options';
import { ownScope } from './ownScope';

/** For a daemon that is told to leave before it serves anybody; then it is killed, and waited for as long. */
const END_MS = 1000;

export interface StartingDaemon {
  /** Undefined while it runs; a daemon that finds another one serving leaves with 0. */
  readonly exitCode: () => number | undefined;
  /** It left without success: what it said, or why it could not be started at all. */
  readonly failure: () => string;
  /** What it said to do about that. */
  readonly suggestion: () => string | undefined;
  /** It said that another start would end in the same way. */
  readonly isFinal: () => boolean;
  /** Undefined before it was started, and for one that could not be. */
  readonly pid: () => number | undefined;
  /** Ends it, whatever it takes. @returns false when it had ended */
  readonly end: () => Promise<boolean>;
}

/** Starts `daemon.js` out of `folder` so that it lives on without us: own process group and session, no terminal. */
export const startDaemon = (
  folder: string,
  runtime: Runtime,
  locations: Locations,
  environment: NodeJS.ProcessEnv,
  keep: boolean,
): StartingDaemon => {
  const logFolder = join(locations.dataDir, LOG_FOLDER);
  ensurePrivateFolder(logFolder);
  const args = [
    join(folder, 'daemon.js'),
    '--data-dir',
    locations.dataDir,
    '--runtime-dir',
    locations.runtimeDir,
    ...(keep ? ['--keep'] : []),
  ];
  const clean = { ...daemonEnvironment(environment, runtime), ...compileCacheVariables(folder) };
  let exitCode: number | undefined;
  let problem = '';
  let current: ChildProcess | undefined;
  let isUnwanted = false;
  let said = (): string => '';

  const launch = (line: readonly [string, ...string[]], fallback?: () => void): void => {
    const { child, log } = spawnDetached(line, clean, logFolder);
    current = child;
    said = () => tailOf(log);
    child.once('error', (error) => {
      problem = error.message;
      exitCode = 1;
    });
    child.once('exit', (code, signal) => {
      if (code !== 0 && fallback !== undefined && !isUnwanted) {
        fallback();
        return;
      }
      // Who ended it here says so.
      if (!isUnwanted) {
        problem = signal === null ? `it left with status ${code}` : `it was ended by ${signal}`;
      }
      exitCode = code ?? 1;
    });
    child.unref();
  };

  const plain = [runtime.executable, ...args] as const;
  const scoped = ownScope(plain, clean);
  if (scoped === undefined) {
    launch([...plain]);
  } else {
    launch(scoped, () => launch([...plain]));
  }
  return {
    exitCode: () => exitCode,
    failure: () => readLastWords(said())?.message ?? joined(problem, said()),
    suggestion: () => readLastWords(said())?.suggestion,
    isFinal: () => readLastWords(said())?.isFinal === true,
    pid: () => current?.pid,
    end: async () => {
      isUnwanted = true;
      return current !== undefined && (await endChild(current));
    },
  };
};

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(': ');

/** Ends our own child; its handle knows it from whoever else may get its pid. @returns false when it had ended */
const endChild = async (child: ChildProcess): Promise<boolean> => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    return false;
  }
  child.ref();
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const ended = once(child, 'exit', { signal: AbortSignal.timeout(END_MS) });
    child.kill(signal);
    if (await ended.then(() => true).catch(() => false)) {
      break;
    }
  }
  child.unref();
  return true;
};

const spawnDetached = (
  [command, ...args]: readonly [string, ...string[]],
  env: Record<string, string>,
  logFolder: string,
): { readonly child: ChildProcess; readonly log: StartLog } => {
  const home = homeFolder();
  return withStartLog(logFolder, (fd, log) => ({
    log,
    child: spawn(command, args, {
      cwd: home !== undefined && existsSync(home) ? home : '/',
      env,
      detached: true,
      stdio: ['ignore', 'ignore', fd],
      windowsHide: true,
    }),
  }));
};

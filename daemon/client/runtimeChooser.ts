import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { readJsonFile, writePrivateFile } from '../platform/privateFile';
import { HoldfastError } from '../protocol/errors';
import { daemonEnvironment } from './daemonEnvironment';
import type { Runtime, RuntimeChooser, RuntimePlace } from './options';

const CACHE_FILE = 'runtimes.json';
/** A self-check loads node-pty and reads a burst; a machine that needs longer can't run terminals. */
const SELF_CHECK_TIMEOUT_MS = 15_000;
/** More results than machines have runtimes; older ones make room. */
const MAX_CACHED = 32;

/**
 * The first candidate that proves itself by `<executable> ptyhost.js --self-check`, which loads node-pty,
 * opens a PTY and reads a burst to its end. Results are remembered by executable, its modification time and
 * the build, so that each start after the first costs nothing.
 * @param candidates a bare name (`node`) is looked up on `path`
 * @returns a chooser that throws HoldfastError DAEMON_UNAVAILABLE, naming what was tried, when none works
 */
export const chooseRuntime =
  (candidates: readonly Runtime[], path: string | undefined = process.env['PATH']): RuntimeChooser =>
  async (place) => {
    const tried: string[] = [];
    for (const candidate of candidates) {
      const executable = locate(candidate.executable, path);
      if (executable === undefined) {
        tried.push(`${candidate.executable}: not found`);
        continue;
      }
      const runtime = { ...candidate, executable };
      const failure = await selfCheck(runtime, place);
      if (failure === undefined) {
        return runtime;
      }
      tried.push(`${executable}: ${failure}`);
    }
    throw new HoldfastError(
      'DAEMON_UNAVAILABLE',
      `nothing on this machine can run the daemon (${tried.join('; ')})`,
      'Install Node.js 20 or later, or name a runtime in the settings.',
      { tried },
    );
  };

/** An existing file for a path or a name on PATH. */
const locate = (executable: string, path: string | undefined): string | undefined => {
  if (isAbsolute(executable)) {
    return modificationTime(executable) === undefined ? undefined : executable;
  }
  const windows = process.platform === 'win32';
  const name = windows && !/\.[a-z]+$/i.test(executable) ? `${executable}.exe` : executable;
  return (path ?? '')
    .split(windows ? ';' : ':')
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, name))
    .find((file) => modificationTime(file) !== undefined);
};

const modificationTime = (file: string): number | undefined => {
  try {
    const stat = statSync(file);
    return stat.isFile() ? stat.mtimeMs : undefined;
  } catch {
    // Not there, or not to be seen: no candidate.
    return undefined;
  }
};

/** @returns why it can't run the daemon, or undefined when it can */
const selfCheck = async (runtime: Runtime, place: RuntimePlace): Promise<string | undefined> => {
  const cacheFile = join(place.cacheFolder, CACHE_FILE);
  const key = [
    runtime.executable,
    modificationTime(runtime.executable),
    place.buildId,
    runtime.electron === true,
  ].join('|');
  const cached = readCache(cacheFile)[key];
  if (cached !== undefined) {
    return cached === '' ? undefined : cached;
  }
  const failure = await runSelfCheck(runtime, place);
  if (failure.kind === 'timeout') {
    // A busy machine, perhaps: try again next time.
    return failure.message;
  }
  remember(cacheFile, key, failure.message);
  return failure.message === '' ? undefined : failure.message;
};

const runSelfCheck = (
  runtime: Runtime,
  place: RuntimePlace,
): Promise<{ readonly kind: 'result' | 'timeout'; readonly message: string }> =>
  new Promise((resolve) => {
    execFile(
      runtime.executable,
      [join(place.folder, 'ptyhost.js'), '--self-check'],
      {
        env: daemonEnvironment(process.env, runtime),
        timeout: SELF_CHECK_TIMEOUT_MS,
        killSignal: 'SIGKILL',
        windowsHide: true,
      },
      (error, _stdout, stderr) => {
        if (error === null) {
          resolve({ kind: 'result', message: '' });
          return;
        }
        const lastLine = stderr.trim().split('\n').at(-1) ?? '';
        const message = lastLine === '' ? error.message : lastLine;
        resolve({ kind: error.killed === true ? 'timeout' : 'result', message: message.slice(0, 300) });
      },
    );
  });

/** From key to failure; an empty text means that it works. */
const readCache = (file: string): Record<string, string> => {
  const value = readJsonFile(file);
  if (typeof value !== 'object' || value === null) {
    return {};
  }
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
};

const remember = (file: string, key: string, failure: string): void => {
  const entries = Object.entries(readCache(file)).filter(([known]) => known !== key);
  try {
    writePrivateFile(
      file,
      JSON.stringify(Object.fromEntries([...entries, [key, failure]].slice(-MAX_CACHED))),
    );
  } catch {
    // Not remembered: checked again at the next start.
  }
};

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, resolve } from 'node:path';
import { spawnFailed } from './spawnErrors';

/** What execvp(3) searches when the environment has no PATH: confstr(_CS_PATH) of glibc and of macOS. */
const DEFAULT_PATH = '/bin:/usr/bin';

/**
 * Finds out what execvp(3) would fail with, before a terminal exists. The program is started by the name it
 * was asked for, because that is what it sees as its own.
 * @throws HoldfastError SPAWN_FAILED
 */
export const checkExecutable = (
  executable: string,
  cwd: string,
  environment: Readonly<Record<string, string>>,
): void => {
  checkFolder(executable, cwd);
  if (executable === '') {
    throw spawnFailed('a program', 'its name is empty');
  }
  const candidates = executable.includes('/')
    ? [resolve(cwd, executable)]
    : (environment['PATH'] ?? DEFAULT_PATH)
        .split(delimiter)
        .map((folder) => resolve(cwd, folder, executable));
  const problems = candidates.map(problemOf);
  if (!problems.includes(undefined)) {
    throw spawnFailed(
      executable,
      problems.includes('EACCES') ? 'it is not executable' : 'there is no such program',
      {
        executable,
      },
    );
  }
};

const checkFolder = (executable: string, cwd: string): void => {
  if (!isAbsolute(cwd)) {
    throw spawnFailed(executable, `${cwd} is no absolute path`, { cwd });
  }
  try {
    if (!statSync(cwd).isDirectory()) {
      throw spawnFailed(executable, `${cwd} is no folder`, { cwd });
    }
    accessSync(cwd, constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES') {
      throw spawnFailed(executable, `the folder ${cwd} may not be entered`, { cwd });
    }
    throw code === 'SPAWN_FAILED' ? error : spawnFailed(executable, `there is no folder ${cwd}`, { cwd });
  }
};

const problemOf = (path: string): string | undefined => {
  try {
    if (!statSync(path).isFile()) {
      return 'EACCES';
    }
    accessSync(path, constants.X_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'ENOENT';
  }
};

import { accessSync, constants, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { HoldfastError } from '../protocol/errors';

export interface Program {
  /** An absolute path. */
  readonly executable: string;
  readonly args: readonly string[];
}

/** @throws INVALID_INPUT when it is no absolute path, CWD_NOT_FOUND when it is no folder one may enter */
export const checkFolder = (cwd: string, suggestion = 'Choose another one with --cwd.'): void => {
  if (!isAbsolute(cwd) || cwd.includes('\0')) {
    throw new HoldfastError(
      'INVALID_INPUT',
      `cwd must be an absolute path, not '${cwd}'`,
      'Give the whole path.',
      {
        field: 'cwd',
      },
    );
  }
  try {
    if (statSync(cwd).isDirectory()) {
      accessSync(cwd, constants.X_OK);
      return;
    }
  } catch (error) {
    throw folderError(
      cwd,
      (error as NodeJS.ErrnoException).code === 'EACCES' ? "can't be entered" : 'does not exist',
      suggestion,
    );
  }
  throw folderError(cwd, 'is not a folder', suggestion);
};

const folderError = (cwd: string, what: string, suggestion: string): HoldfastError =>
  new HoldfastError('CWD_NOT_FOUND', `the folder ${cwd} ${what}`, suggestion, { cwd });

/**
 * What to start: the command with its program found as a shell would find it, or the user's login shell.
 * Found here, before anything is started, because after fork(2) a failure could no longer be told from an exit.
 * @throws INVALID_INPUT, SPAWN_FAILED
 */
export const resolveProgram = (
  command: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
): Program => {
  const [name, ...args] = command;
  if (name === undefined) {
    // As VS Code starts its terminals: macOS expects login shells, for its PATH is set up there.
    return { executable: loginShell(environment), args: process.platform === 'darwin' ? ['-l'] : [] };
  }
  if (name === '' || command.some((word) => word.includes('\0'))) {
    throw new HoldfastError(
      'INVALID_INPUT',
      'a program has a name, and no NUL in its arguments',
      'Check the command.',
      {
        field: 'command',
      },
    );
  }
  const executable = findExecutable(name, cwd, environment);
  if (executable === undefined) {
    throw new HoldfastError(
      'SPAWN_FAILED',
      `there is no program '${name}' that can be run`,
      /[\\/]/.test(name) ? 'Check the path and its execute permission.' : 'Check the spelling and the PATH.',
      { program: name },
    );
  }
  return { executable, args };
};

/** The user's shell: `$SHELL`, else the one in the user database, else /bin/sh; on Windows PowerShell or cmd. */
export const loginShell = (environment: Readonly<Record<string, string>>): string => {
  if (process.platform === 'win32') {
    for (const name of ['pwsh.exe', 'powershell.exe', 'cmd.exe']) {
      const path = findExecutable(name, '', environment);
      if (path !== undefined) {
        return path;
      }
    }
    return environment['ComSpec'] ?? 'cmd.exe';
  }
  const candidates = [environment['SHELL'], shellOfUser()];
  return (
    candidates.find(
      (path) =>
        path !== undefined &&
        path !== null &&
        isAbsolute(path) &&
        isExecutable(path) &&
        !/\/(nologin|false)$/.test(path),
    ) ?? '/bin/sh'
  );
};

const shellOfUser = (): string | null | undefined => {
  try {
    return userInfo().shell;
  } catch {
    // A container's user without an entry in the user database.
    return undefined;
  }
};

const findExecutable = (
  name: string,
  cwd: string,
  environment: Readonly<Record<string, string>>,
): string | undefined => {
  if (name.includes('/') || (process.platform === 'win32' && name.includes('\\'))) {
    return withExtensions(resolve(cwd, name), environment).find(isExecutable);
  }
  const path = environment['PATH'] ?? environment['Path'] ?? '/usr/local/bin:/usr/bin:/bin';
  for (const folder of path.split(delimiter)) {
    // An empty entry means the working folder, POSIX.1 8.3.
    const found = withExtensions(resolve(cwd, join(folder === '' ? '.' : folder, name)), environment).find(
      isExecutable,
    );
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
};

const withExtensions = (path: string, environment: Readonly<Record<string, string>>): readonly string[] =>
  process.platform === 'win32'
    ? [
        path,
        ...(environment['PATHEXT'] ?? '.COM;.EXE;.BAT;.CMD').split(';').map((extension) => path + extension),
      ]
    : [path];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Absent, or not for us.
    return false;
  }
};

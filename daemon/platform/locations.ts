import { tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { HoldfastError } from '../protocol/errors';
import { Variable } from '../protocol/variables';
import { homeFolder } from './homeFolder';
import { machineId } from './machineId';

export interface Locations {
  /** Where sockets live; may vanish at logout. */
  readonly runtimeDir: string;
  /** The folder below which each machine has its own; what HOLDFAST_DATA_DIR names. */
  readonly rootDataDir: string;
  /** The identity of a daemon: `rootDataDir` and the machine's id. */
  readonly dataDir: string;
}

/**
 * Where everything is, for the user whose environment this is. Creates nothing. What Holdfast's own variables name
 * is taken from the caller's folder; of HOME and XDG_*, a relative one is ignored (XDG Base Directory Specification).
 * @throws HoldfastError INVALID_INPUT for a user without a home folder who names no other
 */
export const resolveLocations = (env: NodeJS.ProcessEnv): Locations => {
  const named = nonEmpty(env[Variable.DATA_DIR]);
  const rootDataDir = named === undefined ? defaultDataDir() : resolve(named);
  return {
    runtimeDir: resolveRuntimeDir(env),
    rootDataDir,
    dataDir: join(rootDataDir, machineId()),
  };
};

const defaultDataDir = (): string => {
  const found = envPaths('holdfast', { suffix: '' }).data;
  if (isAbsolute(found)) {
    return found;
  }
  const home = homeFolder();
  if (home === undefined) {
    throw new HoldfastError(
      'INVALID_INPUT',
      'this user has no home folder to keep sessions in',
      'Set HOLDFAST_DATA_DIR to a folder, or HOME to an absolute path.',
    );
  }
  return join(home, ...(DATA_BELOW_HOME[process.platform] ?? ['.local', 'share', 'holdfast']));
};

/** Where `env-paths` puts data, for a home folder that it can't see. */
const DATA_BELOW_HOME: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['Library', 'Application Support', 'holdfast'],
  win32: ['AppData', 'Local', 'holdfast', 'Data'],
};

const resolveRuntimeDir = (env: NodeJS.ProcessEnv): string => {
  const named = nonEmpty(env[Variable.SOCKET_DIR]);
  if (named !== undefined) {
    return resolve(named);
  }
  const xdg = env['XDG_RUNTIME_DIR'];
  if (xdg !== undefined && isAbsolute(xdg)) {
    return resolve(xdg, 'holdfast');
  }
  const home = homeFolder();
  if (home !== undefined) {
    return join(home, '.holdfast', 'run');
  }
  return resolve(tmpdir(), `holdfast-${process.getuid?.() ?? 'run'}`);
};

const nonEmpty = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

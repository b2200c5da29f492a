import { homedir, tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { Variable } from '../protocol/variables';
import { machineId } from './machineId';

export interface Locations {
  /** Where sockets live; may vanish at logout. */
  readonly runtimeDir: string;
  /** The folder below which each machine has its own; what HOLDFAST_DATA_DIR names. */
  readonly rootDataDir: string;
  /** The identity of a daemon: `rootDataDir` and the machine's id. */
  readonly dataDir: string;
}

/** Where everything is, for the user whose environment this is. Creates nothing. */
export const resolveLocations = (env: NodeJS.ProcessEnv): Locations => {
  const rootDataDir = resolve(nonEmpty(env[Variable.DATA_DIR]) ?? envPaths('holdfast', { suffix: '' }).data);
  return {
    runtimeDir: resolveRuntimeDir(env),
    rootDataDir,
    dataDir: join(rootDataDir, machineId()),
  };
};

const resolveRuntimeDir = (env: NodeJS.ProcessEnv): string => {
  const named = nonEmpty(env[Variable.SOCKET_DIR]);
  if (named !== undefined) {
    return resolve(named);
  }
  const xdg = nonEmpty(env['XDG_RUNTIME_DIR']);
  if (xdg !== undefined) {
    return resolve(xdg, 'holdfast');
  }
  const home = nonEmpty(homedir());
  if (home !== undefined) {
    return join(home, '.holdfast', 'run');
  }
  return join(tmpdir(), `holdfast-${userInfo().uid}`);
};

const nonEmpty = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

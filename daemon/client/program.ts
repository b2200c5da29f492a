import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readBuildId } from '../platform/buildId';
import { HoldfastError } from '../protocol/errors';

/** This client's own version; a source file that runs by itself is older than any release. */
export const CLIENT_VERSION =
  typeof __HOLDFAST_VERSION__ === 'string' ? __HOLDFAST_VERSION__ : '0.0.0-source';

/** The built program: the folder with `daemon.js` and everything it loads. */
export interface Program {
  readonly folder: string;
  readonly version: string;
  /** Names the folder's content. */
  readonly buildId: string;
}

/**
 * The built program in `folder`, or the one this file belongs to: the folder of the bundle it is part of,
 * or `dist` of the project whose sources it is one of.
 * @throws HoldfastError DAEMON_UNAVAILABLE when nothing is built there
 */
export const findProgram = (folder?: string): Program => {
  const found = folder ?? upwards(__dirname);
  if (found === undefined || !existsSync(join(found, 'daemon.js'))) {
    throw new HoldfastError(
      'DAEMON_UNAVAILABLE',
      `there is no daemon to start in ${found ?? __dirname}`,
      "Install Holdfast again, or run 'npm run build' in its sources.",
    );
  }
  return { folder: found, version: CLIENT_VERSION, buildId: readBuildId(found) };
};

const upwards = (from: string): string | undefined => {
  for (let folder = from; ; folder = dirname(folder)) {
    for (const candidate of [folder, join(folder, 'dist')]) {
      if (existsSync(join(candidate, 'daemon.js'))) {
        return candidate;
      }
    }
    if (dirname(folder) === folder || basename(folder) === 'node_modules') {
      return undefined;
    }
  }
};

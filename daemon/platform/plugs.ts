import { closeSync, fstatSync, statSync } from 'node:fs';
import { Variable } from '../protocol/variables';

/**
 * What tells a child which of its descriptors stand for nothing: its `stdio` has /dev/null where a number of the
 * parent's must not be inherited (ptyhost/pty/descriptors.ts), one for each terminal.
 */
export const plugsIn = (stdio: readonly ('ignore' | number)[]): Readonly<Record<string, string>> => {
  const plugs = stdio.flatMap((entry, fd) => (fd > 2 && entry !== 'ignore' ? [fd] : []));
  return plugs.length === 0 ? {} : { [Variable.PLUGS]: plugs.join(',') };
};

/** Closes what `plugsIn` of the parent has named, before anything else is opened. */
export const closePlugs = (env: NodeJS.ProcessEnv = process.env): void => {
  const named = env[Variable.PLUGS];
  delete env[Variable.PLUGS];
  for (const fd of named?.split(',').map(Number) ?? []) {
    try {
      // Whatever else has that number is not ours to close.
      if (fd > 2 && fstatSync(fd).rdev === statSync('/dev/null').rdev) {
        closeSync(fd);
      }
    } catch {
      // It is not open.
    }
  }
};

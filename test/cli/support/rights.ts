import { spawnSync } from 'node:child_process';

/** Root may write everywhere: without this capability, the rights of files count for it as for everybody. */
const WITHOUT = ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--'] as const;

const isRoot = process.getuid?.() === 0;

/** What a program is started through so that a file's rights count for it. */
export const underRights: readonly string[] = isRoot ? WITHOUT : [];

/** Why the rights of files can't be tested here; false when they can. */
export const noRights = (): string | false => {
  if (process.platform === 'win32') {
    return 'rights of files are the profile’s on Windows';
  }
  return isRoot && spawnSync(WITHOUT[0], [...WITHOUT.slice(1), 'true']).status !== 0
    ? 'root needs setpriv(1) to be denied anything'
    : false;
};

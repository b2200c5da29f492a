import { isAbsolute, relative, sep } from 'node:path';
import type { SessionInfo } from '../../daemon/protocol/model';

/**
 * Whether a session belongs to other folders than a window's: it was started neither in one of them nor from a window of one
 * of them. A window without a folder has no others.
 *
 * @param folders absolute paths, each as it was opened and as it is without links
 */
export const isElsewhere = (
  { cwd, workspace }: Pick<SessionInfo, 'cwd' | 'workspace'>,
  folders: readonly string[],
): boolean =>
  folders.length > 0 &&
  !folders.some((folder) => isInside(cwd, folder) || (workspace !== null && isSame(workspace, folder)));

const isInside = (path: string, folder: string): boolean => {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
};

const isSame = (path: string, folder: string): boolean => relative(folder, path) === '';

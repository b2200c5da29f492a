import { join } from 'node:path';
import type { Runtime, RuntimePlace } from '../daemon/client';
import { readSetting } from './settings';

/**
 * What may run the daemon, best first. On Windows never the editor's own executable: a running one blocks its
 * updates; the package brings a `node.exe` there.
 */
export const runtimeCandidates = (place: RuntimePlace): readonly Runtime[] => {
  const setting = readSetting('holdfast.daemon.runtime');
  if (setting !== null && setting !== '') {
    return [{ executable: setting }];
  }
  const node = { executable: 'node' };
  if (process.platform === 'win32') {
    return [{ executable: join(place.folder, 'bin', 'node.exe') }, node];
  }
  return [{ executable: process.execPath, electron: process.versions['electron'] !== undefined }, node];
};

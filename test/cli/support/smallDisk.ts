import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { processesWith } from '../../support/leaks';
import type { Holdfast } from './holdfast';
import { until } from './until';

const mount = (folder: string): string | undefined => {
  const options = ['-t', 'tmpfs', '-o', 'size=64m,mode=0700', 'holdfast-test', folder];
  const { status, stderr, error } = spawnSync('mount', options);
  return status === 0 ? undefined : `mount: ${error?.message ?? String(stderr)}`;
};

/** As soon as nobody uses it any more: what has said goodbye may still be on its way out. */
const unmount = async (folder: string): Promise<void> => {
  let said = '';
  await until(
    `'${folder}' to be unmounted`,
    () => {
      const { status, stderr } = spawnSync('umount', [folder], { encoding: 'utf8' });
      said = stderr;
      return status === 0;
    },
    () => ({ said, users: processesWith(path.dirname(folder)) }),
  );
};

/** Why this machine lets nobody here mount a disk that can be filled; false when it does. For a suite's `skip`. */
export const noSmallDisk = (): string | false => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return 'only root on Linux can mount a disk to be filled';
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'hf-disk-'));
  const problem = mount(folder);
  if (problem === undefined) {
    spawnSync('umount', [folder]);
  }
  rmSync(folder, { recursive: true });
  return problem ?? false;
};

/** Puts the data folder of this suite's Holdfast on a disk of 64 MB of its own. @returns where it is */
export const onSmallDisk = (holdfast: Holdfast): string => {
  const disk = holdfast.env['HOLDFAST_DATA_DIR'] ?? '';
  before(() => {
    mkdirSync(disk, { mode: 0o700 });
    const problem = mount(disk);
    if (problem !== undefined) {
      throw new Error(problem);
    }
  });
  after(async () => {
    await holdfast.end();
    await unmount(disk);
    await holdfast.dispose();
  });
  return disk;
};

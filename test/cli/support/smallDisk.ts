import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import type { Holdfast } from './holdfast';

const mount = (folder: string): string | undefined => {
  const options = ['-t', 'tmpfs', '-o', 'size=64m,mode=0700', 'holdfast-test', folder];
  const { status, stderr, error } = spawnSync('mount', options);
  return status === 0 ? undefined : `mount: ${error?.message ?? String(stderr)}`;
};

const unmount = (folder: string): void => {
  spawnSync('umount', [folder]);
};

/** Why this machine lets nobody here mount a disk that can be filled; false when it does. For a suite's `skip`. */
export const noSmallDisk = (): string | false => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return 'only root on Linux can mount a disk to be filled';
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'hf-disk-'));
  const problem = mount(folder);
  if (problem === undefined) {
    unmount(folder);
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
    unmount(disk);
    await holdfast.dispose();
  });
  return disk;
};

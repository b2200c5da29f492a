import assert from 'node:assert/strict';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeLine, parseLog } from './logFormat';
import { areMigrations } from './salvage';

/** The logs in a store's folder, oldest first. */
export const logs = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder))
    .filter((name) => /^holdfast\.log\.\d+$/.test(name))
    .sort((a, b) => Number(a.slice(13)) - Number(b.slice(13)))
    .map((name) => join(folder, name));

export const newestLog = async (folder: string): Promise<string> => {
  const newest = (await logs(folder)).at(-1);
  assert.ok(newest);
  return newest;
};

/** How many lines are complete. */
export const feeds = (bytes: Uint8Array): number => bytes.filter((byte) => byte === 0x0a).length;

/** The log as it would be had some of its lines never been written; what makes tables is in it all the same. */
export const logWithout = (path: string, bytes: Buffer, lost: readonly number[]): Buffer => {
  const generation = Number(path.slice(path.lastIndexOf('.') + 1));
  const { changes, ends } = parseLog(bytes, generation);
  const kept = changes.filter((change, index) => !lost.includes(index + 1) || areMigrations([change]));
  return Buffer.concat([
    bytes.subarray(0, ends[0]),
    ...kept.map((change, index) => Buffer.from(encodeLine(generation, index + 1, change))),
  ]);
};

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** @param at the place in the file, as a fraction of its length @returns whether there is such a file */
export const flipBit = async (path: string, at: number): Promise<boolean> => {
  if (!(await exists(path))) {
    return false;
  }
  const file = await open(path, 'r+');
  try {
    const position = Math.floor(at * (await file.stat()).size);
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, position);
    byte[0] = (byte[0] ?? 0) ^ (1 << (Math.floor(at * 8e6) % 8));
    await file.write(byte, 0, 1, position);
  } finally {
    await file.close();
  }
  return true;
};

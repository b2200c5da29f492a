import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs in a private folder, for faults that need no daemon, and removes it. */
export const inFolder = async <T>(run: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'hf-cut-'));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from '../platform/crc32';

/** What each file of a copy of the program has to be. */
export const SUMS_FILE = 'sums.json';

/** Against what disks and power cuts do; against people stand the folder's rights. */
const sumOf = (path: string): string | undefined => {
  try {
    const bytes = readFileSync(path);
    return `${bytes.length} ${crc32(bytes).toString(16)}`;
  } catch {
    // Gone, or no file: not what it has to be.
    return undefined;
  }
};

/** @param names of files below `folder`, which are whole */
export const writeSums = (folder: string, names: readonly string[]): void => {
  const sums = Object.fromEntries(names.map((name) => [name, sumOf(join(folder, name))]));
  writeFileSync(join(folder, SUMS_FILE), JSON.stringify({ ...sums, [SUMS_FILE]: ownSum(sums) }), {
    mode: 0o600,
    flush: true,
  });
};

/**
 * The names of files of a copy that are not what was copied, its list of sums too; takes some milliseconds. A copy of a version that
 * made no such list has none.
 */
export const damagedFiles = (folder: string): readonly string[] => {
  const sums = readSums(folder);
  if (sums === 'damaged') {
    return [SUMS_FILE];
  }
  return Object.entries(sums)
    .filter(([name, sum]) => sumOf(join(folder, name)) !== sum)
    .map(([name]) => name);
};

const readSums = (folder: string): Readonly<Record<string, unknown>> | 'damaged' => {
  let text: string;
  try {
    text = readFileSync(join(folder, SUMS_FILE), 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? {} : 'damaged';
  }
  try {
    const { [SUMS_FILE]: own, ...sums } = JSON.parse(text) as Record<string, unknown>;
    return own === ownSum(sums) ? sums : 'damaged';
  } catch {
    return 'damaged';
  }
};

const ownSum = (sums: Readonly<Record<string, unknown>>): string =>
  crc32(Buffer.from(JSON.stringify(sums))).toString(16);

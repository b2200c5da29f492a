import { rmSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { HoldfastError } from '../protocol/errors';
import { newId } from './secrets';

const REMEDIES: Readonly<Record<string, (variable: string) => string>> = {
  ENOSPC: () => 'Free some disk space and try again; nothing was changed.',
  EDQUOT: () => 'Your disk quota is used up: free some space and try again; nothing was changed.',
  EROFS: (variable) =>
    `The file system is read-only: make it writable, or set ${variable} to another folder.`,
  EISDIR: () =>
    'A folder, or something else that is no file, stands where a file has to be: move it away, then try again.',
  EACCES: (variable) => `Give yourself the right to write there, or set ${variable} to another folder.`,
  EPERM: (variable) => `Give yourself the right to write there, or set ${variable} to another folder.`,
};

/** What to do about a file that can't be written, from the system's error; undefined for one that says nothing. */
export const remedyFor = (cause: unknown, variable = 'HOLDFAST_DATA_DIR'): string | undefined =>
  REMEDIES[String((cause as NodeJS.ErrnoException | null)?.code ?? '')]?.(variable);

interface Folders {
  readonly dataDir: string;
  readonly runtimeDir: string;
}

/**
 * What went wrong while a daemon was being started, as an error that names the folder and what to do about it,
 * where the system refused to write in one of Holdfast's; anything else stays what it was.
 */
export const explainUnwritable = (thrown: unknown, { dataDir, runtimeDir }: Folders): unknown => {
  if (thrown instanceof HoldfastError || !(thrown instanceof Error)) {
    return thrown;
  }
  // A socket that can't be bound is named by its address.
  const { path, address } = thrown as NodeJS.ErrnoException & { readonly address?: string };
  const isRuntime = `${path ?? address ?? ''}`.startsWith(runtimeDir + sep);
  const remedy = remedyFor(thrown, isRuntime ? 'HOLDFAST_SOCKET_DIR' : 'HOLDFAST_DATA_DIR');
  return remedy === undefined
    ? thrown
    : unwritable(
        isRuntime ? 'runtime folder' : 'data folder',
        isRuntime ? runtimeDir : dataDir,
        thrown,
        remedy,
      );
};

/** Writes a small file in a folder and removes it. @throws what the file system throws */
export const tryToWrite = (folder: string): void => {
  const path = join(folder, `.probe.${newId()}.tmp`);
  try {
    // One byte: a full disk still makes empty files.
    writeFileSync(path, '.', { flag: 'wx', mode: 0o600 });
  } finally {
    rmSync(path, { force: true });
  }
};

const unwritable = (what: string, folder: string, cause: Error, remedy: string): HoldfastError =>
  new HoldfastError(
    'DAEMON_UNAVAILABLE',
    `the ${what} ${folder} can't be written: ${cause.message}`,
    remedy,
    { path: folder },
    { cause },
  );

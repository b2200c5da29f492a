import { remedyFor } from '../platform/unwritable';
import { HoldfastError, IS_FINAL } from '../protocol/errors';

export const storeUnwritable = (folder: string, cause: unknown): HoldfastError =>
  new HoldfastError(
    'STORE_ERROR',
    `the store in ${folder} can't be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedyFor(cause) ?? "Check the disk, then run 'holdfast doctor'; nothing was changed.",
    undefined,
    { cause },
  );

export const storeUnreadable = (folder: string, cause: unknown): HoldfastError =>
  new HoldfastError(
    'STORE_ERROR',
    `the store in ${folder} can't be opened: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedyFor(cause) ?? "Check the folder's rights and the disk, then try again.",
    undefined,
    { cause },
  );

export const storeNewer = (folder: string, found: string, known: string): HoldfastError =>
  new HoldfastError(
    'STORE_ERROR',
    `the store in ${folder} was written by a newer Holdfast (${found}; this one knows ${known})`,
    'Update Holdfast to the version that wrote it; nothing was changed.',
    IS_FINAL,
  );

export const storeClosed = (): HoldfastError =>
  new HoldfastError('STORE_ERROR', 'the store is closed', 'Try again: the next call starts a daemon.');

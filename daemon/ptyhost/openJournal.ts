import { Journal } from '../journal/journal';
import { remedyFor } from '../platform/unwritable';
import { HoldfastError } from '../protocol/errors';
import type { HostSpawn } from '../protocol/host';
import { offset } from '../protocol/ids';
import { noPty } from './pty/spawnErrors';

/** The journal of a terminal that is to be spawned. @throws HoldfastError STORE_ERROR, SESSION_LIMIT */
export const openJournal = (params: HostSpawn.Params, onNote: (text: string) => void): Journal => {
  try {
    return new Journal({
      path: params.journal,
      base: offset(params.base),
      size: params.size,
      now: Date.now(),
      onNote,
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EMFILE' || code === 'ENFILE') {
      throw noPty(message);
    }
    throw new HoldfastError(
      'STORE_ERROR',
      `the journal ${params.journal} can't be written: ${message}`,
      remedyFor(error) ?? "Check the disk, then run 'holdfast doctor'; nothing was changed.",
    );
  }
};

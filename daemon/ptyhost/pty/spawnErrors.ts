import { HoldfastError } from '../../protocol/errors';

export const spawnFailed = (executable: string, why: string, details?: object): HoldfastError =>
  new HoldfastError(
    'SPAWN_FAILED',
    `${executable} could not be started: ${why}`,
    'Check the program, its PATH and its folder.',
    details,
  );

export const noPty = (why: string): HoldfastError =>
  new HoldfastError(
    'SESSION_LIMIT',
    `no further terminal can be opened: ${why}`,
    'End sessions that are not needed any more, or raise the limit (kernel.pty.max, ulimit -n).',
  );

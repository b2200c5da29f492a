import { HoldfastError, MAY_HAVE_HAPPENED } from '../protocol/errors';

/** It does not answer: the call has not reached it, or does no harm when it is made again. */
export const unreachable = (pid: number): HoldfastError =>
  new HoldfastError(
    'SESSION_UNREACHABLE',
    `the PTY host ${pid} does not answer`,
    'Its programs may be running: wait and try again, or look at it with `holdfast doctor`.',
  );

/** It has the call, and does what it says if it ever goes on. */
export const unanswered = (pid: number): HoldfastError =>
  new HoldfastError(
    'SESSION_UNREACHABLE',
    `the PTY host ${pid} has stopped answering: what was sent may still arrive`,
    'Look at the session once it answers again, before you send it a second time.',
    MAY_HAVE_HAPPENED,
  );

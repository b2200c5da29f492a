import { HoldfastError, MAY_HAVE_HAPPENED } from '../protocol/errors';
import { type OtherBuild, obstacle, wayOut } from './otherBuild';

/**
 * It does not answer, or as none that can be talked to: the call has not reached it, or does no harm when it is made again.
 * @param who as in "the PTY host 4711"
 */
export const unreachable = (who: string, build: OtherBuild | undefined): HoldfastError =>
  new HoldfastError(
    'SESSION_UNREACHABLE',
    `${who} ${obstacle(build)}`,
    build === undefined
      ? "Its programs may be running: wait and try again, or run 'holdfast doctor'."
      : `Its programs run on. ${wayOut(build)}: 'holdfast doctor' says more.`,
  );

/** It has the call, and does what it says if it ever goes on. */
export const unanswered = (pid: number): HoldfastError =>
  new HoldfastError(
    'SESSION_UNREACHABLE',
    `the PTY host ${pid} has stopped answering: what was sent may still arrive`,
    'Look at the session once it answers again, before you send it a second time.',
    MAY_HAVE_HAPPENED,
  );

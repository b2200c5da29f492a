import { HoldfastError } from '../protocol/errors';
import type { SessionKill } from '../protocol/sessions';

export interface KillOptions {
  /** The first signal, such as `SIGINT`; SIGHUP unless given. TERM, then KILL follow. */
  readonly signal?: string;
  /** Milliseconds each signal is given before the next one. */
  readonly graceMs?: number;
}

/** Cleaning up what is already gone is done, not an error. */
export const endIdempotently = async (
  kill: () => Promise<SessionKill.Result>,
): Promise<SessionKill.Result> => {
  try {
    return await kill();
  } catch (error) {
    const { code } = HoldfastError.from(error);
    if (code === 'SESSION_NOT_FOUND' || code === 'TERMINAL_NOT_FOUND' || code === 'SESSION_EXITED') {
      return { killed: 0, survivors: [] };
    }
    throw error;
  }
};

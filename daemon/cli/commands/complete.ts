import { SessionList } from '../../protocol/sessions';
import type { Context } from '../context';

/** Never starts a daemon, and never says what went wrong: a shell waits at its prompt. */
export const run = async (context: Context): Promise<void> => {
  try {
    const connection = await context.connectionIfRunning();
    const result = await connection?.call(SessionList.type, { all: true }, { timeoutMs: 1000 });
    context.print((result?.sessions ?? []).map(({ name }) => `${name}\n`).join(''));
  } catch {
    // No names are better than an error in the middle of a command line.
  }
};

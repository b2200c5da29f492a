import { SessionList } from '../../protocol/sessions';
import type { Context } from '../context';
import type { Input } from '../input';

/** Never starts a daemon, and never says what went wrong: a shell waits at its prompt. */
export const run = async (context: Context, input: Input): Promise<void> => {
  try {
    const connection = await context.connectionIfRunning();
    const result = await connection?.call(SessionList.type, { all: true }, { timeoutMs: 1000 });
    const words = (result?.sessions ?? []).flatMap(({ name, terminals }) =>
      input.required('WHAT') === 'terminals'
        ? terminals.map((terminal) => `${name}:${terminal.name}`)
        : [name],
    );
    context.print(words.map((word) => `${word}\n`).join(''));
  } catch {
    // No names are better than an error in the middle of a command line.
  }
};

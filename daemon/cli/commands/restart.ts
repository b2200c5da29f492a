import { printable } from '../../platform/printable';
import type { SessionInfo } from '../../protocol/model';
import { SessionRestart } from '../../protocol/sessions';
import type { Context } from '../context';
import type { Input } from '../input';

export const run = async (context: Context, input: Input): Promise<void> => {
  const text = input.argument('TARGET');
  const { session } = await context.call(SessionRestart.type, {
    target: context.target(text, { explicit: true }),
  });
  context.result({ session }, () => `restarted ${printable(named(session, text))}\n`);
};

/** The session's name, and the terminal's where one was named, by whatever of its id. */
const named = (session: SessionInfo, text = ''): string => {
  const colon = text.indexOf(':');
  if (colon < 0) {
    return session.name;
  }
  const word = text.slice(colon + 1);
  const { terminals } = session;
  const terminal =
    terminals.find(({ id }) => id === word) ??
    terminals.find(({ name }) => name === word) ??
    terminals.find(({ id }) => id.startsWith(word));
  return `${session.name}:${terminal?.name ?? word}`;
};

import { printable } from '../../platform/printable';
import { SessionRestart } from '../../protocol/sessions';
import type { Context } from '../context';
import type { Input } from '../input';

export const run = async (context: Context, input: Input): Promise<void> => {
  const { session } = await context.call(SessionRestart.type, {
    target: context.target(input.argument('TARGET'), { explicit: true }),
  });
  context.result({ session }, () => `restarted ${printable(session.name)}\n`);
};

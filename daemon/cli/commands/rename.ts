import { printable } from '../../platform/printable';
import { SessionRename } from '../../protocol/sessions';
import type { Context } from '../context';
import type { Input } from '../input';

export const run = async (context: Context, input: Input): Promise<void> => {
  const { session } = await context.call(SessionRename.type, {
    target: await context.toldTarget(input.argument('TARGET')),
    name: input.required('NAME'),
  });
  context.result({ session }, () => `${printable(session.name)}\n`);
};

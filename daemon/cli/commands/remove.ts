import { printable } from '../../platform/printable';
import { SessionRemove } from '../../protocol/sessions';
import type { Context } from '../context';
import type { Input } from '../input';

export const run = async (context: Context, input: Input): Promise<void> => {
  const { removed } = await context.call(SessionRemove.type, {
    target: context.target(input.argument('TARGET'), { explicit: true }),
    ...(input.flag('force') === true ? { force: true } : {}),
  });
  context.result({ removed }, () => `removed ${printable(removed)}\n`);
};

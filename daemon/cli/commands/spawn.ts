import { printable } from '../../platform/printable';
import { TerminalSpawn } from '../../protocol/terminals';
import type { Context } from '../context';
import type { Input } from '../input';
import { programOf } from './programSpec';

export const run = async (context: Context, input: Input): Promise<void> => {
  const name = input.text('name');
  const { terminal } = await context.call(TerminalSpawn.type, {
    target: await context.toldTarget(input.argument('TARGET')),
    ...programOf(context, input),
    ...(name === undefined ? {} : { name }),
  });
  context.result({ terminal }, () => `${printable(terminal.name)}\n`);
};

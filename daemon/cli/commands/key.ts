import { TerminalKey } from '../../protocol/terminals';
import type { Context } from '../context';
import type { Input } from '../input';

export const run = async (context: Context, input: Input): Promise<void> => {
  const delayMs = input.number('delay');
  const { bytes } = await context.call(TerminalKey.type, {
    target: await context.toldTarget(input.argument('TARGET')),
    keys: input.words('KEYS'),
    ...(delayMs === undefined ? {} : { delayMs }),
  });
  context.result({ bytes }, () => '');
};

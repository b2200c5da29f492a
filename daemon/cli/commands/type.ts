import { TerminalType } from '../../protocol/terminals';
import type { Context } from '../context';
import type { Input } from '../input';

export const run = async (context: Context, input: Input): Promise<void> => {
  const { bytes } = await context.call(TerminalType.type, {
    target: await context.toldTarget(input.argument('TARGET')),
    text: input.required('TEXT'),
    ...(input.flag('enter') === true ? { enter: true } : {}),
    ...(input.flag('paste') === true ? { paste: true } : {}),
  });
  context.result({ bytes }, () => '');
};

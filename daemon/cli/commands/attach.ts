import { attach } from '../attach/attach';
import { DEFAULT_DETACH_KEY, parseDetachKey } from '../attach/chord';
import type { Context } from '../context';
import type { Input } from '../input';

export const run = async (context: Context, input: Input): Promise<number> => {
  const history = input.number('history');
  return attach(context, {
    target: context.target(input.argument('TARGET')),
    chord: parseDetachKey(input.text('detachKey') ?? DEFAULT_DETACH_KEY),
    readOnly: input.flag('readOnly') === true,
    takeOver: input.flag('takeOver') === true,
    sizing: input.flag('smallest') === true ? 'smallest' : 'active',
    ...(history === undefined ? {} : { history }),
  });
};

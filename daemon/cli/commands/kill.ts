import { SessionKill } from '../../protocol/sessions';
import type { Context } from '../context';
import type { Input } from '../input';
import { survivorLines } from '../output/survivors';

export const run = async (context: Context, input: Input): Promise<void> => {
  const signal = input.text('signal');
  const graceMs = input.number('grace');
  const { killed, survivors } = await context.call(SessionKill.type, {
    target: context.target(input.argument('TARGET'), { explicit: true }),
    ...(signal === undefined ? {} : { signal }),
    ...(graceMs === undefined ? {} : { graceMs }),
  });
  context.result({ killed, survivors }, () =>
    [`killed ${killed}`, ...survivorLines(survivors), ''].join('\n'),
  );
};

import { SessionSet } from '../../protocol/sessions';
import { invalid } from '../arguments/invalid';
import type { Context } from '../context';
import type { Input } from '../input';
import { printable } from '../output/printable';

export const run = async (context: Context, input: Input): Promise<void> => {
  const group = input.text('group');
  const tags = input.list<string>('tag')?.filter((tag) => tag !== '');
  const note = input.text('note');
  const pinned = input.flag('pin');
  const changes = {
    ...(group === undefined ? {} : { group }),
    ...(tags === undefined ? {} : { tags }),
    ...(note === undefined ? {} : { note }),
    ...(pinned === undefined ? {} : { pinned }),
  };
  if (Object.keys(changes).length === 0) {
    throw invalid('nothing to set was given', 'Give --group, --tag, --note, --pin or --no-pin.');
  }
  const { session } = await context.call(SessionSet.type, {
    target: await context.toldTarget(input.argument('TARGET')),
    ...changes,
  });
  context.result({ session }, () => `${printable(session.name)}\n`);
};

import { printable } from '../../platform/printable';
import type { ResurrectPolicy } from '../../protocol/model';
import { SessionSet } from '../../protocol/sessions';
import { invalid } from '../arguments/invalid';
import type { Context } from '../context';
import type { Input } from '../input';

export const run = async (context: Context, input: Input): Promise<void> => {
  const group = input.text('group');
  const tags = input.list<string>('tag')?.filter((tag) => tag !== '');
  const note = input.text('note');
  const icon = input.text('icon');
  const color = input.text('color');
  const pinned = input.flag('pin');
  const quiet = input.flag('quiet');
  const resurrect = input.text('resurrect') as ResurrectPolicy | undefined;
  const changes = {
    ...(group === undefined ? {} : { group }),
    ...(tags === undefined ? {} : { tags }),
    ...(note === undefined ? {} : { note }),
    ...(icon === undefined ? {} : { icon }),
    ...(color === undefined ? {} : { color }),
    ...(pinned === undefined ? {} : { pinned }),
    ...(quiet === undefined ? {} : { quiet }),
    ...(resurrect === undefined ? {} : { resurrect }),
  };
  if (Object.keys(changes).length === 0) {
    throw invalid(
      'nothing to set was given',
      'Give --group, --tag, --note, --icon, --color, --pin, --no-pin, --quiet, --no-quiet or --resurrect.',
    );
  }
  const { session } = await context.call(SessionSet.type, {
    target: await context.toldTarget(input.argument('TARGET')),
    ...changes,
  });
  context.result({ session }, () => `${printable(session.name)}\n`);
};

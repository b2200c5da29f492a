import { printable } from '../../platform/printable';
import { SessionRename } from '../../protocol/sessions';
import type { Context } from '../context';
import type { Input } from '../input';

export const run = async (context: Context, input: Input): Promise<void> => {
  const text = input.argument('TARGET');
  const name = input.required('NAME');
  const { session } = await context.call(SessionRename.type, {
    target: await context.toldTarget(text),
    name,
  });
  context.result({ session }, () =>
    text?.includes(':') === true
      ? `${printable(session.name)}:${printable(name)}\n`
      : `${printable(session.name)}\n`,
  );
};

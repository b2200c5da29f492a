import { printable } from '../../platform/printable';
import { SessionCreate } from '../../protocol/sessions';
import { outerSize } from '../attach/outerSize';
import { requireTerminal } from '../attach/requireTerminal';
import type { Context } from '../context';
import type { Input } from '../input';
import { programOf } from './programSpec';

export const run = async (context: Context, input: Input): Promise<number> => {
  const attached = input.flag('attach') === true;
  if (attached) {
    requireTerminal(context);
  }
  const size = attached ? terminalSize(context) : undefined;
  const cols = input.number('cols') ?? size?.cols;
  const rows = input.number('rows') ?? size?.rows;
  const name = input.argument('NAME');
  const group = input.text('group');
  const tags = input.list<string>('tag');
  const note = input.text('note');
  const icon = input.text('icon');
  const color = input.text('color');
  const ttlMs = input.number('ttl');
  const result = await context.call(SessionCreate.type, {
    ...programOf(context, input),
    ...(cols === undefined ? {} : { cols }),
    ...(rows === undefined ? {} : { rows }),
    ...(name === undefined ? {} : { name }),
    ...(group === undefined ? {} : { group }),
    ...(tags === undefined ? {} : { tags }),
    ...(note === undefined ? {} : { note }),
    ...(icon === undefined ? {} : { icon }),
    ...(color === undefined ? {} : { color }),
    ...(ttlMs === undefined ? {} : { ttlMs }),
    ...(input.flag('ephemeral') === true ? { ephemeral: true } : {}),
    ...(input.flag('ensure') === true ? { ensure: true } : {}),
  });
  if (attached) {
    const [{ attach }, { DEFAULT_DETACH_KEY, parseDetachKey }] = await Promise.all([
      import('../attach/attach'),
      import('../attach/chord'),
    ]);
    return attach(context, {
      target: { text: result.session.id },
      chord: parseDetachKey(DEFAULT_DETACH_KEY),
      readOnly: false,
      takeOver: false,
      sizing: 'active',
    });
  }
  context.result({ session: result.session }, () => `${printable(result.session.name)}\n`);
  return 0;
};

const terminalSize = (context: Context): { readonly cols: number; readonly rows: number } | undefined =>
  context.stdout.isTTY === true ? outerSize(context.stdout) : undefined;

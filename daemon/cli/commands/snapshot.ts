import { printableJson } from '../../platform/printable';
import { TerminalSnapshot } from '../../protocol/terminals';
import type { Context } from '../context';
import type { Input } from '../input';

export const run = async (context: Context, input: Input): Promise<void> => {
  const scrollback = input.number('scrollback');
  const snapshot = await context.call(TerminalSnapshot.type, {
    target: await context.toldTarget(input.argument('TARGET')),
    ...(scrollback === undefined ? {} : { scrollback }),
  });
  if (context.json || input.text('format') === 'json') {
    context.print(`${printableJson(snapshot)}\n`);
  } else {
    context.print(snapshot.lines.map((line) => `${line}\n`).join(''));
  }
};

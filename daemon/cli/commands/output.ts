import type { Offset } from '../../protocol/ids';
import { TerminalOutput } from '../../protocol/terminals';
import { formatOffset } from '../arguments/integer';
import type { Context } from '../context';
import type { Input } from '../input';

export const run = async (context: Context, input: Input): Promise<void> => {
  const ansi = input.flag('ansi') === true;
  const since = input.number('since');
  const tail = input.number('tail');
  const result = await context.call(TerminalOutput.type, {
    target: await context.toldTarget(input.argument('TARGET')),
    // The table's parser has made it one.
    ...(since === undefined ? {} : { since: since as Offset }),
    ...(tail === undefined ? {} : { tail }),
    ...(ansi ? { ansi } : {}),
  });
  const bytes = Buffer.from(result.text, ansi ? 'base64' : 'utf8');
  if (context.json) {
    context.result(
      {
        offset: formatOffset(result.offset),
        from: formatOffset(result.from),
        truncated: result.truncated,
        ...(result.endLost === true ? { endLost: true } : {}),
        text: bytes.toString('utf8'),
        // JSON can't hold bytes that are no UTF-8.
        ...(ansi ? { base64: result.text } : {}),
      },
      () => '',
    );
    return;
  }
  if (result.endLost === true) {
    context.notice(
      'What the program wrote behind this is lost: the disk was full, or the journal is broken.',
    );
  } else if (result.truncated) {
    context.notice('Older output than this is no longer kept.');
  }
  context.print(bytes);
};

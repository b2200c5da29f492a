import { MAX_COLS, MAX_ROWS, MIN_COLS, MIN_ROWS } from '../../protocol/model';
import { TerminalResize } from '../../protocol/terminals';
import { integer } from '../arguments/integer';
import { invalid } from '../arguments/invalid';
import type { Context } from '../context';
import type { Input } from '../input';

export const run = async (context: Context, input: Input): Promise<void> => {
  const words = input.words('COLS');
  if (input.argument('TARGET') === undefined && words.some((word) => /[a-z]/i.test(word))) {
    // As in 'resize build 80', which leaves out one of the two numbers.
    throw invalid(
      `missing argument: '${words.join()}' is no number of columns`,
      'Give both: holdfast resize [TARGET] COLS ROWS',
    );
  }
  const cols = integer('COLS', MIN_COLS, MAX_COLS)(input.required('COLS'));
  const rows = integer('ROWS', MIN_ROWS, MAX_ROWS)(input.required('ROWS'));
  const { terminal } = await context.call(TerminalResize.type, {
    target: await context.toldTarget(input.argument('TARGET')),
    cols,
    rows,
  });
  context.result({ terminal }, () => `${terminal.cols}x${terminal.rows}\n`);
};

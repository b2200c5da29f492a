import { type MouseGesture, TerminalMouse } from '../../protocol/mouse';
import { invalid } from '../arguments/invalid';
import { gestureOptions, numbersOf, placeOf } from '../arguments/mouse';
import type { Context } from '../context';
import type { Input } from '../input';

export const run = async (context: Context, input: Input): Promise<void> => {
  // The table takes the first of several words for TARGET, which may be left out.
  const words = ['TARGET', 'ROW', 'COL'].flatMap((name) => input.argument(name) ?? []);
  const text = input.text('text');
  const count = text === undefined ? 2 : 0;
  if (words.length < count || words.length > count + 1) {
    throw misplaced();
  }
  const target = words.length > count ? words[0] : undefined;
  const { row, col } = await context.call(TerminalMouse.type, {
    target: await context.toldTarget(target),
    action: 'click',
    ...(text === undefined ? { at: clicked(words.slice(-count)) } : { text }),
    ...gestureOptions(input),
  });
  context.result({ row, col }, () => '');
};

const clicked = (words: readonly string[]): NonNullable<MouseGesture['at']> => {
  const numbers = numbersOf(words);
  if (numbers === undefined) {
    throw misplaced();
  }
  return placeOf(numbers);
};

const misplaced = (): Error =>
  invalid(
    'a click goes to a row and a column, or to a text',
    'holdfast click [TARGET] ROW COL, or holdfast click [TARGET] --text TEXT',
  );

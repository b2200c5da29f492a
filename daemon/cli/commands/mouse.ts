import {
  MOUSE_ACTIONS,
  type MouseAction,
  type MouseGesture,
  type MousePlace,
  SCROLL_DIRECTIONS,
  TerminalMouse,
} from '../../protocol/mouse';
import { invalid } from '../arguments/invalid';
import { gestureOptions, numbersOf, placeOf } from '../arguments/mouse';
import type { Context } from '../context';
import type { Input } from '../input';

export const run = async (context: Context, input: Input): Promise<void> => {
  // The table takes the first of several words for TARGET, which may be left out.
  const words = [input.argument('TARGET') ?? [], input.required('ACTION'), input.words('WHERE')].flat();
  const [first = '', ...rest] = words;
  const isAction = (word: string): word is MouseAction => MOUSE_ACTIONS.some((action) => action === word);
  const hasTarget = !isAction(first) || whereOf(first, rest) === undefined;
  const [action = '', ...where] = hasTarget ? rest : words;
  if (!isAction(action)) {
    throw invalid(
      `'${hasTarget && rest.length > 0 ? action : first}' is nothing that a mouse does`,
      `Use one of ${MOUSE_ACTIONS.join(', ')}.`,
    );
  }
  const gesture = whereOf(action, where);
  if (gesture === undefined) {
    throw invalid(`'${action}' was not told where`, `holdfast mouse [TARGET] ${action} ${USAGE[action]}`);
  }
  const { row, col } = await context.call(TerminalMouse.type, {
    target: await context.toldTarget(hasTarget ? first : undefined),
    action,
    ...gesture,
    ...gestureOptions(input),
  });
  context.result({ row, col }, () => '');
};

const USAGE: Readonly<Record<MouseAction, string>> = {
  click: 'ROW COL',
  move: 'ROW COL',
  down: 'ROW COL',
  up: 'ROW COL',
  drag: 'ROW COL TO-ROW TO-COL',
  scroll: 'up|down|left|right [ROW COL]',
};

/** Undefined for words that don't say where. */
const whereOf = (
  action: MouseAction,
  words: readonly string[],
): Pick<MouseGesture, 'at' | 'to' | 'direction'> | undefined => {
  if (action === 'scroll') {
    const direction = SCROLL_DIRECTIONS.find((name) => name === words[0]);
    const numbers = numbersOf(words.slice(1));
    if (direction === undefined || numbers === undefined || (numbers.length !== 0 && numbers.length !== 2)) {
      return undefined;
    }
    return numbers.length === 0 ? { direction } : { direction, at: placeOf(numbers) };
  }
  const numbers = numbersOf(words);
  if (numbers?.length !== (action === 'drag' ? 4 : 2)) {
    return undefined;
  }
  const at: MousePlace = placeOf(numbers);
  return action === 'drag' ? { at, to: placeOf(numbers.slice(2)) } : { at };
};

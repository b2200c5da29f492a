import { MOUSE_MODIFIERS, type MouseButton, type MouseGesture, type MousePlace } from '../../protocol/mouse';
import type { Input } from '../input';

/** Rows and columns, from 0; undefined when a word is none. */
export const numbersOf = (words: readonly string[]): readonly number[] | undefined =>
  words.every((word) => /^\d{1,6}$/.test(word)) ? words.map(Number) : undefined;

export const placeOf = ([row = 0, col = 0]: readonly number[]): MousePlace => ({ row, col });

/** What is held down, and how often it is done. */
export const gestureOptions = (input: Input): Pick<MouseGesture, 'button' | 'times' | 'modifiers'> => {
  const button = input.text('button') as MouseButton | undefined;
  const times = input.number('times');
  const modifiers = MOUSE_MODIFIERS.filter((modifier) => input.flag(modifier) === true);
  return {
    ...(button === undefined ? {} : { button }),
    ...(times === undefined ? {} : { times }),
    ...(modifiers.length === 0 ? {} : { modifiers }),
  };
};

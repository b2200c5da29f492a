import { invalid } from './invalid';
import { nearest } from './nearest';

/** A parser for one of several words. @throws INVALID_INPUT */
export const choice =
  <T extends string>(label: string, words: readonly T[]) =>
  (text: string): T => {
    const found = words.find((word) => word === text);
    if (found === undefined) {
      const guess = nearest(text, words);
      throw invalid(
        `${label} can't be '${text}'`,
        `Use one of ${words.join(', ')}.${guess === undefined ? '' : ` Did you mean '${guess}'?`}`,
      );
    }
    return found;
  };

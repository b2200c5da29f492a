import { type Offset, offset } from '../../protocol/ids';
import { invalid } from './invalid';

/** A parser for whole numbers of `least` to `most`, written in decimal. @throws INVALID_INPUT */
export const integer =
  (label: string, least: number, most: number = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(value) || value < least || value > most) {
      const range =
        most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `between ${least} and ${most}`;
      throw invalid(
        `${label} '${text}' is no whole number ${range}`,
        `Give ${label} as a whole number ${range}.`,
      );
    }
    return value;
  };

/** An offset; on the command line a decimal string, on the wire a number. @throws INVALID_INPUT */
export const parseOffset = (text: string): Offset => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) {
    throw invalid(
      `'${text}' is no offset`,
      "Pass the 'offset' that an earlier 'output --json' returned, or 0.",
    );
  }
  return offset(value);
};

export const formatOffset = (value: Offset): string => String(value);

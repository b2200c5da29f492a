import { HoldfastError } from './errors';

const MESSAGE = 'error: ';
const SUGGESTION = 'hint: ';

/** What a daemon that can't start says on stderr, where whoever started it reads it; for people too. */
export const lastWords = (thrown: unknown): string => {
  const { message, suggestion } = HoldfastError.from(thrown);
  return `${MESSAGE}${oneLine(message)}\n${SUGGESTION}${oneLine(suggestion)}\n`;
};

/** Undefined when the text does not end with any, as that of a daemon that crashed. */
export const readLastWords = (
  text: string,
): { readonly message: string; readonly suggestion: string } | undefined => {
  const [first = '', second = ''] = text.trimEnd().split('\n').slice(-2);
  return first.startsWith(MESSAGE) && second.startsWith(SUGGESTION)
    ? { message: first.slice(MESSAGE.length), suggestion: second.slice(SUGGESTION.length) }
    : undefined;
};

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ');

import { HoldfastError, IS_FINAL } from './errors';

const MESSAGE = 'error: ';
/** In the place of MESSAGE where another start would end in the same way. */
const FINAL_MESSAGE = 'fatal: ';
const SUGGESTION = 'hint: ';

/** What a daemon that can't start says on stderr, where whoever started it reads it; for people too. */
export const lastWords = (thrown: unknown): string => {
  const { message, suggestion, details } = HoldfastError.from(thrown);
  return `${details === IS_FINAL ? FINAL_MESSAGE : MESSAGE}${oneLine(message)}\n${SUGGESTION}${oneLine(suggestion)}\n`;
};

/** Undefined when the text does not end with any, as that of a daemon that crashed. */
export const readLastWords = (
  text: string,
): { readonly message: string; readonly suggestion: string; readonly isFinal: boolean } | undefined => {
  const [first = '', second = ''] = text.trimEnd().split('\n').slice(-2);
  const isFinal = first.startsWith(FINAL_MESSAGE);
  return (isFinal || first.startsWith(MESSAGE)) && second.startsWith(SUGGESTION)
    ? {
        message: first.slice((isFinal ? FINAL_MESSAGE : MESSAGE).length),
        suggestion: second.slice(SUGGESTION.length),
        isFinal,
      }
    : undefined;
};

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ');

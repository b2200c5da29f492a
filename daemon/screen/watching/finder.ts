import { RE2JS } from 're2js';
import { HoldfastError } from '../../protocol/errors';

/** A place in a text: `[start, end)` in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Finds a pattern from a place on. */
export type Finder = (text: string, from: number) => Span | undefined;

/** A zero-length match is none: it would be met by anything. */
export const textFinder =
  (wanted: string): Finder =>
  (text, from) => {
    const start = text.indexOf(wanted, from);
    return start < 0 ? undefined : { start, end: start + wanted.length };
  };

/** @throws HoldfastError INVALID_INPUT for what RE2 does not take */
export const regexFinder = (wanted: string): Finder => {
  const compiled = compile(wanted);
  return (text, from) => {
    const matcher = compiled.matcher(text);
    let found = from <= text.length && matcher.find(from);
    while (found && matcher.end() === matcher.start()) {
      found = matcher.end() < text.length && matcher.find(matcher.end() + 1);
    }
    return found ? { start: matcher.start(), end: matcher.end() } : undefined;
  };
};

/** Time is linear in the text, whatever the expression. */
const compile = (wanted: string): RE2JS => {
  try {
    return RE2JS.compile(wanted, RE2JS.MULTILINE);
  } catch (error) {
    throw new HoldfastError(
      'INVALID_INPUT',
      `the regular expression '${wanted}' is none: ${error instanceof Error ? error.message : String(error)}`,
      'Use the syntax of RE2 (github.com/google/re2/wiki/Syntax): no look-around, no back-references; \\Q…\\E takes a text as it is.',
    );
  }
};

/** Everything it finds, one behind the other. */
export function* all(find: Finder, text: string): Generator<Span> {
  for (let span = find(text, 0); span !== undefined; span = find(text, span.end)) {
    yield span;
  }
}

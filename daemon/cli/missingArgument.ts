import type { HoldfastError } from '../protocol/errors';
import { SessionShow } from '../protocol/sessions';
import { invalid } from './arguments/invalid';
import type { Context } from './context';
import type { Call } from './program';
import { usageOf } from './table/spec';

/**
 * The better words for `type NAME`, which reads as a text without a TARGET: when it is not clear which session is meant,
 * or the word is no key, and the one word that was given is a session's, what is missing is the text or the key.
 */
export const missingArgument = async (
  error: HoldfastError,
  { spec, input }: Call,
  context: Context,
): Promise<HoldfastError> => {
  const required = spec.arguments.filter(({ optional }) => optional !== true);
  const [only] = required;
  const isUnclear = error.code === 'INVALID_INPUT' && fieldOf(error) === 'target';
  if (
    !(isUnclear || error.code === 'INVALID_KEY') ||
    only === undefined ||
    required.length > 1 ||
    input.argument('TARGET') !== undefined
  ) {
    return error;
  }
  const [word = '', ...more] = input.words(only.name);
  if (word === '' || more.length > 0) {
    return error;
  }
  try {
    await context.call(SessionShow.type, { target: { text: word } });
  } catch {
    // No session's name: the word is what it was read as.
    return error;
  }
  return invalid(
    `missing argument ${only.name}: '${word}' is a session`,
    `Usage: holdfast ${spec.name} ${usageOf(spec)}`,
  );
};

const fieldOf = ({ details }: HoldfastError): unknown =>
  typeof details === 'object' && details !== null && 'field' in details ? details.field : undefined;

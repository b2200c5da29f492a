import { parseArgs } from 'node:util';

/** As of every command that is called in a wrong way. */
const USAGE_STATUS = 2;

/**
 * What a script was called with. `--help` prints its usage and ends the process; so does, with a sentence and status
 * 2, an option that it does not have.
 */
export function readOptions(usage, options) {
  try {
    const { values } = parseArgs({
      options: { ...options, help: { type: 'boolean', short: 'h', default: false } },
    });
    if (!values.help) return values;
    console.log(usage);
  } catch (error) {
    refuse(`${error.message.split('. ')[0]}\n${usage}`);
  }
  process.exit(0);
}

/** The number that an option was given; anything but a whole one from `least` on ends the process with status 2. */
export function wholeNumber(name, text, least = 0) {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(number) || number < least) {
    refuse(`--${name} takes a whole number from ${least} on, not '${text}'`);
  }
  return number;
}

/** The names that an option was given, all of them among `known`; others end the process with status 2. */
export function knownNames(name, text, known) {
  const names = text.split(',');
  const unknown = names.find((each) => !known.includes(each));
  if (unknown !== undefined) {
    refuse(`--${name} knows no '${unknown}': ${known.join(', ')}`);
  }
  return names;
}

function refuse(sentence) {
  console.error(sentence);
  process.exit(USAGE_STATUS);
}

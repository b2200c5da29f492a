import type { CommanderError } from 'commander';
import type { HoldfastError } from '../protocol/errors';
import { invalid } from './arguments/invalid';
import { nearest } from './arguments/nearest';
import { type CommandSpec, usageOf } from './table/spec';
import { commands } from './table/table';

const GLOBAL_OPTIONS: readonly string[] = ['--json', '--help'];

/** What commander found wrong, in the words and with the code every other error has. */
export const usageError = (error: CommanderError, spec: CommandSpec | undefined): HoldfastError => {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const help = spec === undefined ? "'holdfast --help'" : `'holdfast ${spec.name} --help'`;
  switch (error.code) {
    case 'commander.unknownCommand':
      return unknownCommand(quoted);
    case 'commander.help':
      return invalid('which command?', "'holdfast --help' lists the commands.");
    case 'commander.unknownOption':
      return invalid(
        `unknown option '${quoted}'`,
        suggest(nearest(quoted, optionsOf(spec)), spec?.takesProgram === true, help),
      );
    case 'commander.optionMissingArgument':
      return invalid(`option '${quoted}' needs a value`, `${help} shows it with an example.`);
    case 'commander.excessArguments':
      return invalid(
        spec === undefined ? 'too many words' : `'${spec.name}' was given too many words`,
        spec === undefined ? `See ${help}.` : excess(spec),
      );
    default:
      return invalid(error.message.replace(/^error: /, '').split('\n', 1)[0] ?? '', `See ${help}.`);
  }
};

const unknownCommand = (word: string): HoldfastError => {
  const names = commands
    .filter(({ hidden }) => hidden !== true)
    .flatMap(({ name, alias }) => [
      name,
      name.split(' ').at(-1) ?? name,
      ...(alias === undefined ? [] : [alias]),
    ]);
  const guess = nearest(word, names);
  const full = commands.find(({ name }) => name === guess || name.endsWith(` ${guess}`))?.name;
  return invalid(
    `unknown command '${word}'`,
    guess === undefined
      ? "'holdfast --help' lists the commands."
      : `Did you mean 'holdfast ${commands.some(({ alias }) => alias === guess) ? guess : (full ?? guess)}'?`,
  );
};

const suggest = (guess: string | undefined, takesProgram: boolean, help: string): string => {
  if (guess !== undefined) {
    return `Did you mean '${guess}'? See ${help}.`;
  }
  return takesProgram
    ? `See ${help}; a program's own options stand behind '--'.`
    : `See ${help}; text that begins with '-' stands behind '--'.`;
};

const excess = (spec: CommandSpec): string =>
  spec.takesProgram === true
    ? `Usage: holdfast ${spec.name} ${usageOf(spec)}; the program stands behind '--'.`
    : `Usage: holdfast ${spec.name} ${usageOf(spec)}; a text of several words needs quotes.`;

const optionsOf = (spec: CommandSpec | undefined): readonly string[] => [
  ...GLOBAL_OPTIONS,
  ...(spec === undefined ? ['--version'] : []),
  ...(spec?.options ?? []).flatMap(({ flags }) => flags.match(/--?[a-z][a-z-]*/g) ?? []),
];

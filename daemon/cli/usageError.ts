import type { CommanderError } from 'commander';
import type { HoldfastError } from '../protocol/errors';
import { invalid } from './arguments/invalid';
import { nearest } from './arguments/nearest';
import { type CommandSpec, usageOf } from './table/spec';
import { commands } from './table/table';

const GLOBAL_OPTIONS: readonly string[] = ['--json', '--help'];

/** What commander found wrong, in the words and with the code every other error has. */
export const usageError = (
  error: CommanderError,
  spec: CommandSpec | undefined,
  /** The command that only holds others, when it is one of them that is wrong. */
  group: string | undefined,
): HoldfastError => {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const help = spec === undefined ? "'holdfast --help'" : `'holdfast ${spec.name} --help'`;
  switch (error.code) {
    case 'commander.unknownCommand':
      return unknownCommand(quoted, group);
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

/** A word that is no command, or none of the group's, with the one that was probably meant. */
export const unknownCommand = (word: string, group?: string): HoldfastError => {
  const visible = commands.filter(({ hidden }) => hidden !== true);
  const prefix = group === undefined ? '' : `${group} `;
  const names = visible
    .flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias]))
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
  const guess = nearest(word, names) ?? names.find((name) => name.endsWith(` ${word}`));
  return invalid(
    `unknown command '${prefix}${word}'`,
    guess === undefined
      ? `'holdfast ${prefix}--help' lists the commands.`
      : `Did you mean 'holdfast ${prefix}${guess}'?`,
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

import type { CommandSpec } from '../table/spec';
import type { CommandWords, OptionWords } from './words';
import { commandWords } from './words';

/** A completion script for fish. */
export const fishScript = (specs: readonly CommandSpec[]): string => {
  const commands = commandWords(specs);
  const top = commands.flatMap(({ names }) => names).join(' ');
  return [
    '# fish completion for holdfast: holdfast completion fish > ~/.config/fish/completions/holdfast.fish',
    'function __holdfast_sessions',
    '  if string match -q -- "*:*" (commandline -ct)',
    '    command holdfast __complete terminals 2>/dev/null',
    '  else',
    '    command holdfast __complete sessions 2>/dev/null',
    '  end',
    'end',
    'complete -c holdfast -f',
    `complete -c holdfast -n 'not __fish_seen_subcommand_from ${top}' -l version -d 'print the version'`,
    "complete -c holdfast -l json -d 'print one JSON value'",
    "complete -c holdfast -s h -l help -d 'print help'",
    ...commands.flatMap((command) => lines(command, `not __fish_seen_subcommand_from ${top}`)),
    '',
  ].join('\n');
};

const lines = (command: CommandWords, condition: string): readonly string[] => {
  const seen = `__fish_seen_subcommand_from ${command.names.join(' ')}`;
  const inner = command.subcommands.flatMap(({ names }) => names).join(' ');
  return [
    ...command.names.map((name) => line(condition, `-a ${name} -d ${quote(command.summary)}`)),
    ...(command.argument === 'session' ? [line(seen, "-a '(__holdfast_sessions)' -d session")] : []),
    ...(Array.isArray(command.argument) ? [line(seen, `-a ${quote(command.argument.join(' '))}`)] : []),
    ...command.options
      .filter(({ long }) => long !== '--json' && long !== '--help')
      .map((option) => line(seen, optionWords(option))),
    ...command.subcommands.flatMap((sub) =>
      lines(sub, `${seen}; and not __fish_seen_subcommand_from ${inner}`),
    ),
  ];
};

const line = (condition: string, rest: string): string =>
  `complete -c holdfast -n ${quote(condition)} ${rest}`;

const optionWords = ({ short, long, takesValue, description, completion }: OptionWords): string =>
  [
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    `-l ${long.slice(2)}`,
    ...(takesValue ? ['-x'] : []),
    ...(completion === 'folder' ? ["-a '(__fish_complete_directories)'"] : []),
    ...(Array.isArray(completion) ? [`-a ${quote(completion.join(' '))}`] : []),
    `-d ${quote(description)}`,
  ].join(' ');

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

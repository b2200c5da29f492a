import { Command, CommanderError, Option } from 'commander';
import { printableJson } from '../platform/printable';
import { invalid } from './arguments/invalid';
import { Input } from './input';
import { type CommandSpec, type OptionSpec, usageOf } from './table/spec';
import { commands } from './table/table';
import { unknownCommand, usageError } from './usageError';

export interface Call {
  readonly spec: CommandSpec;
  readonly input: Input;
}

const DESCRIPTION =
  'Keeps terminal sessions alive when the window, the editor or the connection closes, and brings them ' +
  'back exactly as they were left.';

const COMMON_HELP = `
TARGET is SESSION or SESSION:TERMINAL. Without one: $HOLDFAST_SESSION, else the session used last, else the
only one. Options stand before or after the other words; "--" ends them. Exit status: 1 something went wrong,
2 the call is off, 3 time-out, 4 the program does not run or can't take this now, 5 not found, 6 the name is
taken, 7 no daemon.
`;

/** The word that separates options from a program's own words. */
const END_OF_OPTIONS = '--';
const NEGATION = '--no-';

/** Whether errors and results are wanted as JSON, known before anything is parsed. */
export const wantsJson = (argv: readonly string[]): boolean => {
  const end = argv.indexOf(END_OF_OPTIONS);
  return argv.slice(0, end === -1 ? argv.length : end).includes('--json');
};

/**
 * Reads the command line. Help and the version are printed through `print`; with `--json` as one JSON string.
 * @returns the call, or undefined when help or the version was asked for
 * @throws HoldfastError INVALID_INPUT
 */
export const parse = async (
  argv: readonly string[],
  version: string,
  print: (text: string) => void,
): Promise<Call | undefined> => {
  if (wantsJson(argv)) {
    let text = '';
    const call = await parseWords(argv, version, (part) => {
      text += part;
    });
    if (call === undefined) {
      print(`${printableJson(text.trimEnd())}\n`);
    }
    return call;
  }
  return parseWords(argv, version, print);
};

const parseWords = async (
  argv: readonly string[],
  version: string,
  print: (text: string) => void,
): Promise<Call | undefined> => {
  let call: Call | undefined;
  const { words, program } = split(argv);
  const root = new Command('holdfast');
  configure(root, undefined, print);
  root
    .usage('[--json] COMMAND …')
    .description(DESCRIPTION)
    .version(version, '--version', 'print the version')
    .option('--json', 'print one JSON value; errors too')
    .addHelpText('after', COMMON_HELP);
  root.commandsGroup('Holdfast itself:').helpCommand('help [COMMAND]', 'print the help of a command');
  const groups = new Map<string, Command>();
  for (const spec of commandsFor(words)) {
    const [first = '', second] = spec.name.split(' ');
    const parent = second === undefined ? root : daemonGroup(root, groups, first, spec, print);
    const command = parent.command(second ?? first, { hidden: spec.hidden === true });
    configure(command, spec, print);
    describe(command, spec);
    const order: string[] = [];
    for (const option of command.options) {
      command.on(`option:${option.name()}`, () => order.push(option.attributeName()));
    }
    command.action(() => {
      call = { spec, input: new Input(spec, command.args, command.opts(), program, order) };
    });
  }
  try {
    await root.parseAsync(checkedHelp(words), { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      return undefined;
    }
    throw error instanceof CommanderError ? usageError(error, undefined, undefined) : error;
  }
  return call;
};

/**
 * What commander is told of. To make all commands takes as long as all the rest of a short call, so that is only done
 * for what tells of all of them: help, and words that name none.
 */
const commandsFor = (words: readonly string[]): readonly CommandSpec[] => {
  const name = words.find((word) => !word.startsWith('-'));
  const named = commands.filter(({ name: full, alias }) => [full.split(' ')[0], alias].includes(name ?? ''));
  return named.length > 0 ? named : commands;
};

/** `help` of a command there is none of; commander would print the help of all of them. @throws HoldfastError */
const checkedHelp = (words: readonly string[]): readonly string[] => {
  const [first, second] = words.filter((word) => !word.startsWith('-'));
  const isKnown = commands.some(({ name, alias }) => name.split(' ')[0] === second || alias === second);
  if (first !== 'help' || second === undefined || isKnown) {
    return words;
  }
  if (second === 'help') {
    return ['help'];
  }
  throw unknownCommand(second);
};

/** Cuts off a program behind `--`, where the command takes one; else commander handles `--` itself. */
const split = (
  argv: readonly string[],
): { readonly words: readonly string[]; readonly program: readonly string[] | undefined } => {
  const end = argv.indexOf(END_OF_OPTIONS);
  const name = argv.find((word) => !word.startsWith('-'));
  const spec = commands.find((candidate) => candidate.name === name || candidate.alias === name);
  if (end === -1 || spec?.takesProgram !== true) {
    return { words: argv, program: undefined };
  }
  const program = argv.slice(end + 1);
  return { words: argv.slice(0, end), program: program.length === 0 ? undefined : program };
};

/** `daemon`, which only holds other commands. */
const daemonGroup = (
  root: Command,
  groups: Map<string, Command>,
  name: string,
  spec: CommandSpec,
  print: (text: string) => void,
): Command => {
  const known = groups.get(name);
  if (known !== undefined) {
    return known;
  }
  const group = root.command(name).summary('start, stop, restart, status').helpGroup(spec.group);
  configure(group, undefined, print, name);
  group
    .helpCommand(false)
    .description('Commands about the process that keeps the sessions.')
    .usage('COMMAND [options]');
  groups.set(name, group);
  return group;
};

/** Errors become exceptions and are printed nowhere else; help goes where results go. */
const configure = (
  command: Command,
  spec: CommandSpec | undefined,
  print: (text: string) => void,
  group?: string,
): void => {
  command
    .configureOutput({ writeOut: print, writeErr: () => undefined })
    .configureHelp({
      showGlobalOptions: true,
      // Every command takes --json; the version is asked for without one, and has both among its own.
      visibleGlobalOptions: (inner) =>
        inner.parent === null ? [] : rootOf(inner).options.filter(({ long }) => long === '--json'),
      subcommandTerm: (inner) => [inner.name(), ...inner.aliases()].join(', '),
    })
    .showSuggestionAfterError(false)
    .helpOption('-h, --help', 'print this help')
    .exitOverride((error) => {
      throw error.exitCode === 0 ? error : usageError(error, spec, group);
    });
};

const rootOf = (command: Command): Command => (command.parent === null ? command : rootOf(command.parent));

const describe = (command: Command, spec: CommandSpec): void => {
  command.helpGroup(spec.group).summary(spec.summary).description(spec.description).usage(usageOf(spec));
  if (spec.alias !== undefined) {
    command.alias(spec.alias);
  }
  for (const { name, description, variadic } of spec.arguments) {
    // All optional to commander: which one is missing depends on how many there are (input.ts).
    command.argument(variadic === true ? `[${name}...]` : `[${name}]`, description);
  }
  for (const option of spec.options) {
    command.addOption(toOption(option));
    if (option.flags.startsWith(NEGATION)) {
      refuseBoth(command, option.flags.slice(NEGATION.length));
    }
  }
  if (spec.examples.length > 0) {
    const width = Math.max(...spec.examples.map(({ line }) => line.length));
    const lines = spec.examples.map(({ line, does }) => `  ${line.padEnd(width)}  ${does}`);
    command.addHelpText('after', `\nExamples:\n${lines.join('\n')}\n`);
  }
};

/** `--x` and `--no-x` in one call contradict each other; commander would let the last one win. */
const refuseBoth = (command: Command, name: string): void => {
  let given: string | undefined;
  for (const option of [name, `no-${name}`]) {
    command.on(`option:${option}`, () => {
      if (given !== undefined && given !== option) {
        throw invalid(`--${name} and --no-${name} contradict each other`, 'Give one of them.');
      }
      given = option;
    });
  }
};

const toOption = ({ flags, description, parse, repeat }: OptionSpec): Option => {
  const option = new Option(flags, description);
  if (repeat === true) {
    option.argParser((text: string, previous: readonly unknown[] | undefined) => [
      ...(previous ?? []),
      parse === undefined ? text : parse(text),
    ]);
  } else if (parse !== undefined) {
    option.argParser(parse);
  }
  return option;
};

import type { CommandSpec, Completion, OptionSpec } from '../table/spec';

/** What a completion script offers, taken from the table. */
export interface OptionWords {
  readonly short: string | undefined;
  readonly long: string;
  readonly takesValue: boolean;
  readonly description: string;
  readonly completion: Completion | undefined;
}

export interface CommandWords {
  /** `ls` and its alias. */
  readonly names: readonly string[];
  /** Of `daemon`: its second words. */
  readonly subcommands: readonly CommandWords[];
  readonly summary: string;
  readonly options: readonly OptionWords[];
  /** What the first words behind the command may be. */
  readonly argument: Completion | undefined;
  readonly takesProgram: boolean;
}

const JSON_OPTION: OptionWords = {
  short: undefined,
  long: '--json',
  takesValue: false,
  description: 'print one JSON value',
  completion: undefined,
};
const HELP_OPTION: OptionWords = { ...JSON_OPTION, short: '-h', long: '--help', description: 'print help' };

export const commandWords = (commands: readonly CommandSpec[]): readonly CommandWords[] => {
  const visible = commands.filter(({ hidden }) => hidden !== true);
  const result: CommandWords[] = [];
  for (const spec of visible) {
    const [first = '', second] = spec.name.split(' ');
    if (second === undefined) {
      result.push(wordsOf(spec, first));
    } else if (!result.some(({ names }) => names.includes(first))) {
      result.push({
        names: [first],
        subcommands: visible
          .filter(({ name }) => name.startsWith(`${first} `))
          .map((inner) => wordsOf(inner, inner.name.slice(first.length + 1))),
        summary: 'start, stop, restart, status',
        options: [JSON_OPTION, HELP_OPTION],
        argument: undefined,
        takesProgram: false,
      });
    }
  }
  return result;
};

const wordsOf = (spec: CommandSpec, name: string): CommandWords => ({
  names: spec.alias === undefined ? [name] : [name, spec.alias],
  subcommands: [],
  summary: spec.summary,
  options: [...spec.options.map(optionWords), JSON_OPTION, HELP_OPTION],
  argument: spec.arguments[0]?.completion,
  takesProgram: spec.takesProgram === true,
});

const optionWords = ({ flags, description, completion }: OptionSpec): OptionWords => ({
  short: /(?:^|\s)(-[a-z])\b/.exec(flags)?.[1],
  long: /--[a-z-]+/.exec(flags)?.[0] ?? '',
  takesValue: flags.includes('<'),
  description,
  completion,
});

import type { Context } from '../context';
import type { Input } from '../input';

/** What a shell can offer for a word. */
export type Completion = 'session' | 'folder' | readonly string[];

export interface ArgumentSpec {
  /** As help shows it: `TARGET`. */
  readonly name: string;
  readonly description: string;
  /** An optional TARGET may stand in front of required arguments; then it is the one that is left out. */
  readonly optional?: boolean;
  readonly variadic?: boolean;
  readonly completion?: Completion;
}

export interface OptionSpec {
  /** As commander reads it: `-a, --attach`, `--cwd <folder>`. */
  readonly flags: string;
  readonly description: string;
  /** @throws HoldfastError INVALID_INPUT */
  readonly parse?: (text: string) => unknown;
  /** May be given several times; the value is a list. */
  readonly repeat?: boolean;
  readonly completion?: Completion;
}

export interface Example {
  readonly line: string;
  readonly does: string;
}

export type Run = (context: Context, input: Input) => Promise<number> | Promise<void>;

/** One call of the command line: the parser, the help, the completion and the dispatch are made of it. */
export interface CommandSpec {
  /** `new`, or `daemon start`. */
  readonly name: string;
  readonly alias?: string;
  readonly group: string;
  readonly summary: string;
  readonly description: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  /** Everything behind `--` is a program and its arguments. */
  readonly takesProgram?: boolean;
  /** It changes nothing: whoever can't read its result has lost nothing else. */
  readonly onlyReads?: boolean;
  readonly examples: readonly Example[];
  /** Not in help and completion. */
  readonly hidden?: boolean;
  /** Loads the command's own code, which the start of another command need not pay for. */
  readonly load: () => Promise<{ readonly run: Run }>;
}

export const TARGET: ArgumentSpec = {
  name: 'TARGET',
  description: 'SESSION or SESSION:TERMINAL; SESSION is a name, an id, or the beginning of an id',
  optional: true,
  completion: 'session',
};

/** For kill, rm and restart, which never guess. */
export const EXPLICIT_TARGET: ArgumentSpec = {
  ...TARGET,
  description: `${TARGET.description}; may be left out inside a Holdfast terminal only`,
};

/** How a command is called: `type [TARGET] TEXT [options]`. */
export const usageOf = (spec: CommandSpec): string => {
  const words = spec.arguments.map(({ name, optional, variadic }) => {
    const word = variadic === true ? `${name}…` : name;
    return optional === true ? `[${word}]` : word;
  });
  return [...words, '[options]', ...(spec.takesProgram === true ? ['[-- PROGRAM ARG…]'] : [])].join(' ');
};

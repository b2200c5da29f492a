import { invalid } from './arguments/invalid';
import { type CommandSpec, usageOf } from './table/spec';

/** What was given to one call, sorted by the names of its table. */
export class Input {
  private readonly _arguments: ReadonlyMap<string, readonly string[]>;

  /** @throws HoldfastError INVALID_INPUT when an argument is missing */
  public constructor(
    spec: CommandSpec,
    words: readonly string[],
    private readonly _options: Readonly<Record<string, unknown>>,
    /** The program and its arguments behind `--`; undefined when there is none. */
    public readonly program: readonly string[] | undefined,
    /** The options in the order they were given, each as often as it was. */
    public readonly order: readonly string[] = [],
  ) {
    this._arguments = assign(spec, words);
  }

  public argument(name: string): string | undefined {
    return this._arguments.get(name)?.[0];
  }

  /** An argument the table requires. */
  public required(name: string): string {
    return this._arguments.get(name)?.[0] ?? '';
  }

  public words(name: string): readonly string[] {
    return this._arguments.get(name) ?? [];
  }

  public text(option: string): string | undefined {
    const value = this._options[option];
    return typeof value === 'string' ? value : undefined;
  }

  public number(option: string): number | undefined {
    const value = this._options[option];
    return typeof value === 'number' ? value : undefined;
  }

  /** Undefined when neither `--x` nor `--no-x` was given. */
  public flag(option: string): boolean | undefined {
    const value = this._options[option];
    return typeof value === 'boolean' ? value : undefined;
  }

  /** The values of an option that may be repeated, as its parser returned them; undefined when not given. */
  public list<T>(option: string): readonly T[] | undefined {
    return this._options[option] as readonly T[] | undefined;
  }
}

/** Gives each argument its words; an optional one in front of required ones gets a word only if one is left. */
const assign = (spec: CommandSpec, words: readonly string[]): ReadonlyMap<string, readonly string[]> => {
  const assigned = new Map<string, readonly string[]>();
  const rest = [...words];
  let required = spec.arguments.filter(({ optional }) => optional !== true).length;
  for (const { name, optional, variadic } of spec.arguments) {
    if (optional === true) {
      if (rest.length > required) {
        assigned.set(name, rest.splice(0, 1));
      }
      continue;
    }
    required--;
    if (rest.length === 0) {
      throw invalid(`missing argument ${name}`, `Usage: holdfast ${spec.name} ${usageOf(spec)}`);
    }
    assigned.set(name, rest.splice(0, variadic === true ? rest.length : 1));
  }
  return assigned;
};

/** The shell that a command line is run by. */
export interface TaskShell {
  readonly executable: string;
  /** What stands in front of the line; what the shell usually takes unless given. */
  readonly args: readonly string[] | undefined;
}

/** What a task of tasks.json runs. */
export interface TaskProgram {
  /** A line for a shell, or a program and its arguments. */
  readonly command: string | readonly string[];
  readonly shell: TaskShell | undefined;
  /** Absolute, or below the task's folder. */
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** The session's name. */
  readonly session: string | undefined;
  readonly sessionGroup: string | undefined;
}

/** What is wrong with a definition. `texts` is a list of them, `variables` an object of them. */
export interface DefinitionProblem {
  readonly field: string;
  readonly wanted: 'command' | 'text' | 'texts' | 'variables' | 'object';
}

type Fields = Readonly<Record<string, unknown>>;

/** Names of the parts of a task that are for one platform only, as in tasks of VS Code's own. */
const PLATFORM_FIELD: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows', darwin: 'osx' };

class Problem extends Error {
  public constructor(public readonly problem: DefinitionProblem) {
    super(problem.field);
  }
}

/** @param definition as it stands in tasks.json, its variables resolved */
export const readDefinition = (
  definition: Fields,
  platform: NodeJS.Platform,
): TaskProgram | DefinitionProblem => {
  try {
    const own = object(definition, PLATFORM_FIELD[platform] ?? 'linux');
    const all = { ...definition, ...own };
    const options = { ...object(definition, 'options'), ...object(own, 'options') };
    const shell = object(options, 'shell');
    const executable = text(shell, 'executable');
    return {
      command: command(all),
      shell: executable === undefined ? undefined : { executable, args: texts(shell, 'args') },
      cwd: text(all, 'cwd') ?? text(options, 'cwd'),
      env: {
        ...variables(object(definition, 'options'), 'env'),
        ...variables(definition, 'env'),
        ...variables(object(own, 'options'), 'env'),
        ...variables(own, 'env'),
      },
      session: text(all, 'session'),
      sessionGroup: text(all, 'sessionGroup'),
    };
  } catch (error) {
    if (error instanceof Problem) {
      return error.problem;
    }
    throw error;
  }
};

/** Whether running it asks somebody something: variables of inputs and commands. */
export const asksSomebody = (definition: Fields): boolean =>
  /\$\{(?:input|command):/.test(JSON.stringify(definition));

const command = (fields: Fields): string | readonly string[] => {
  const { command: given } = fields;
  const args = texts(fields, 'args');
  if (typeof given === 'string' && given.trim() !== '') {
    return args === undefined ? given : [given, ...args];
  }
  if (isTexts(given) && given[0] !== undefined && given[0] !== '') {
    return [...given, ...(args ?? [])];
  }
  throw new Problem({ field: 'command', wanted: 'command' });
};

const text = (fields: Fields, field: string): string | undefined => {
  const value = fields[field];
  if (value !== undefined && typeof value !== 'string') {
    throw new Problem({ field, wanted: 'text' });
  }
  return value === '' ? undefined : value;
};

const texts = (fields: Fields, field: string): readonly string[] | undefined => {
  const value = fields[field];
  if (value !== undefined && !isTexts(value)) {
    throw new Problem({ field, wanted: 'texts' });
  }
  return value;
};

const object = (fields: Fields, field: string): Fields => {
  const value = fields[field] ?? {};
  if (!isObject(value)) {
    throw new Problem({ field, wanted: 'object' });
  }
  return value;
};

const variables = (fields: Fields, field: string): Readonly<Record<string, string>> => {
  const value = object(fields, field);
  if (!isVariables(value)) {
    throw new Problem({ field, wanted: 'variables' });
  }
  return value;
};

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isVariables = (value: Fields): value is Readonly<Record<string, string>> =>
  Object.values(value).every((each) => typeof each === 'string');

import { invalid } from './invalid';

/** Reads one `--env K=V`. An empty value is a value. @throws HoldfastError INVALID_INPUT */
export const parseVariable = (text: string): readonly [name: string, value: string] => {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(0, equals));
  if (name === '' || /\s/.test(name) || text.includes('\0')) {
    throw invalid(`'${text}' is no environment variable`, 'Write --env NAME=VALUE, such as --env PORT=8080.');
  }
  if (name.startsWith('HOLDFAST_')) {
    throw invalid(
      `${name} can't be given to a program`,
      'Holdfast sets HOLDFAST_* itself; use another name.',
    );
  }
  return [name, text.slice(equals + 1)];
};

/** The caller's environment with what `--env` adds; the later of two of one name counts. */
export const environmentOf = (
  base: NodeJS.ProcessEnv,
  added: readonly (readonly [string, string])[],
): Readonly<Record<string, string>> => {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) {
    if (value !== undefined) {
      environment[name] = value;
    }
  }
  for (const [name, value] of added) {
    environment[name] = value;
  }
  return environment;
};

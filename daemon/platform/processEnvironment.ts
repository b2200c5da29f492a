import { readFileSync } from 'node:fs';

/**
 * What a process was started with, or has put itself in that place; undefined where the system does not tell: it is another
 * user's, or gone, or this is not Linux. proc(5): NAME=VALUE, each ended by NUL.
 */
export const environmentOf = (pid: number): Readonly<Record<string, string>> | undefined => {
  if (process.platform !== 'linux') {
    return undefined;
  }
  try {
    return parseEnvironment(readFileSync(`/proc/${pid}/environ`, 'utf8'));
  } catch {
    return undefined;
  }
};

/** @returns undefined where something else is there: a program has written its title over it */
const parseEnvironment = (text: string): Readonly<Record<string, string>> | undefined => {
  const variables = text.split('\0').flatMap((entry): [string, string][] => {
    const at = entry.indexOf('=');
    return at > 0 ? [[entry.slice(0, at), entry.slice(at + 1)]] : [];
  });
  return variables.length === 0 && text !== '' ? undefined : Object.fromEntries(variables);
};

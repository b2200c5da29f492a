import { basename } from 'node:path';
import { HoldfastError } from '../protocol/errors';
import { isName, sanitizeName } from '../protocol/names';

/** More of a name than this says nothing in a sentence. */
const LONG = 60;

/** @throws INVALID_NAME with the nearest valid name as the suggestion */
export const checkName = (name: string): string => {
  if (!isName(name)) {
    const shown = name.length > LONG ? `${name.slice(0, LONG)}…` : name;
    const nearest = sanitizeName(name);
    throw new HoldfastError(
      'INVALID_NAME',
      `${JSON.stringify(shown)} is no name: letters, digits, '_', '.' and '-', 255 at most, a letter or digit first`,
      nearest.length > LONG
        ? `Use a shorter one, such as '${sanitizeName(nearest.slice(0, LONG))}'.`
        : `Use '${nearest}'.`,
      { sanitized: nearest },
    );
  }
  return name;
};

/** The name of a session that was given none. */
export const folderName = (cwd: string): string => sanitizeName(basename(cwd));

/** The name of a terminal that was given none: its program's. */
export const programName = (executable: string): string =>
  sanitizeName(basename(executable).replace(/\.(exe|cmd|bat)$/i, ''));

/** `wanted`, or with the first number from 2 on that makes it free. */
export const freeName = (wanted: string, isTaken: (name: string) => boolean): string => {
  if (!isTaken(wanted)) {
    return wanted;
  }
  for (let number = 2; ; number += 1) {
    const suffix = `-${number}`;
    const name = wanted.slice(0, 255 - suffix.length) + suffix;
    if (!isTaken(name)) {
      return name;
    }
  }
};

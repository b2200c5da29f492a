import { homeFolder } from '../platform/homeFolder';
import { isInteractiveShell } from '../platform/interactiveShell';
import { commandLine, printable } from '../platform/printable';
import { HoldfastError } from '../protocol/errors';
import type { Millis } from '../protocol/ids';
import type { TerminalRow } from '../store/rows';
import { type Beginning, localMoment, separatorLine } from './beginningAgain';
import { checkFolder, loginShell, resolveProgram } from './program';

/** What is started in a lost terminal: its shell, or the program that ran. */
export type Revival = 'shell' | 'program';

/** Options that only say how a shell starts; a command, or a file of commands, is never among them. */
const HARMLESS =
  /^(?:-[il]+|--(?:login|interactive|norc|noprofile|no-config|no-rcs|posix)|-nol(?:ogo)?|-nop(?:rofile)?)$/i;
/** A command in the separator is there to be recognised. */
const MAX_COMMAND = 60;

/**
 * How a lost terminal comes back. A shell starts in the last folder that is known; a program where it was started.
 * @param name what commands call it by
 * @param unasked when it comes back by itself
 * @throws CWD_NOT_FOUND, SPAWN_FAILED
 */
export const revive = (
  row: TerminalRow,
  name: string,
  revival: Revival,
  unasked: Millis | null = null,
): Beginning => {
  const details = { resurrected: revival, by: unasked === null ? 'request' : 'policy' };
  const title = separatorLine(`resurrected ${localMoment(new Date())}`);
  if (revival === 'program' && !isInteractiveShell(row.command)) {
    const { executable, args, cwd } = row;
    checkFolder(cwd, `Make it again, or run 'holdfast resurrect ${name}' without --run for a shell.`);
    resolveProgram([executable, ...args], cwd, row.environment);
    return { executable, args, cwd, standIn: null, resurrectedAt: unasked, separator: [title], details };
  }
  const { cwd, gone } = lastFolder(row);
  const shell = shellOf(row, revival);
  const isOwn = isInteractiveShell(row.command);
  const separator = [
    title,
    ...(gone === undefined ? [] : [separatorLine(printable(`${gone} is gone: this is ${cwd}`))]),
    ...(isOwn ? [] : [separatorLine(`'holdfast restart ${name}' starts ${ran(row)}`)]),
  ];
  const standIn = isOwn ? null : [shell.executable, ...shell.args];
  return { ...shell, cwd, standIn, resurrectedAt: unasked, separator, details };
};

/** The last folder that is known and still there; `gone` is a better one that is not. */
export const lastFolder = (
  row: Pick<TerminalRow, 'lastCwd' | 'seenCwd' | 'cwd'>,
): { readonly cwd: string; readonly gone?: string } => {
  const candidates = [row.lastCwd, row.seenCwd, row.cwd, homeFolder(), '/'];
  const wanted = candidates.filter((folder) => folder !== null && folder !== undefined);
  const cwd = wanted.find(isThere) ?? '/';
  const [best] = wanted;
  return best === undefined || best === cwd ? { cwd } : { cwd, gone: best };
};

const isThere = (folder: string): boolean => {
  try {
    checkFolder(folder);
    return true;
  } catch (error) {
    if (error instanceof HoldfastError) {
      return false;
    }
    throw error;
  }
};

/** The terminal's own shell where its program was one, else the login shell. */
const shellOf = (row: TerminalRow, revival: Revival): Pick<Beginning, 'executable' | 'args'> => {
  if (isInteractiveShell(row.command)) {
    try {
      const { executable, args } = resolveProgram([row.executable, ...row.args], row.cwd, row.environment);
      return { executable, args: revival === 'program' ? args : args.filter((arg) => HARMLESS.test(arg)) };
    } catch (error) {
      if (!(error instanceof HoldfastError)) {
        throw error;
      }
      // It has been removed since: any shell is better than none.
    }
  }
  return { executable: loginShell(row.environment), args: process.platform === 'darwin' ? ['-l'] : [] };
};

const ran = (row: TerminalRow): string => {
  const text = printable(commandLine(row.command));
  return text.length > MAX_COMMAND ? `${text.slice(0, MAX_COMMAND)}…` : text;
};

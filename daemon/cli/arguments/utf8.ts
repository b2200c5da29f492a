import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { printable } from '../../platform/printable';
import { invalid } from './invalid';

/** U+FFFD: what Node puts for bytes that are no UTF-8. */
const REPLACEMENT = '\ufffd';

/**
 * Refuses words that have lost bytes on their way here: sent on, they would name or type something else.
 * @throws HoldfastError INVALID_INPUT
 */
export const requireUtf8 = (argv: readonly string[]): void => {
  const word = argv.find((candidate) => candidate.includes(REPLACEMENT));
  if (word !== undefined && !isMeant()) {
    throw invalid(
      `'${printable(word)}' is not UTF-8 in the call`,
      "Give it in UTF-8; to send other bytes, run a program in the terminal that writes them, such as 'cat FILE'.",
    );
  }
};

/** Whether somebody wrote U+FFFD itself. Linux alone tells the bytes; elsewhere it is taken for lost ones. */
const isMeant = (): boolean => {
  try {
    return isUtf8(readFileSync('/proc/self/cmdline'));
  } catch {
    return false;
  }
};

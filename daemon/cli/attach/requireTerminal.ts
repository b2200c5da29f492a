import { invalid } from '../arguments/invalid';
import type { Context } from '../context';

/** @throws HoldfastError INVALID_INPUT when there is no terminal to show a session in */
export const requireTerminal = (context: Context): void => {
  if (process.stdin.isTTY !== true || context.stdout.isTTY !== true) {
    throw invalid(
      'attaching needs a terminal for input and output',
      "A script reads the screen with 'holdfast snapshot' and types with 'holdfast type'.",
    );
  }
};

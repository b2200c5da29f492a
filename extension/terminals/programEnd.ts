import type { ExitStatus } from '../../daemon/client';
import { isInteractiveShell } from '../../daemon/platform/interactiveShell';

/** What is known of a program that has ended while a tab showed it. */
export interface EndedProgram {
  readonly status: ExitStatus;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** Whether somebody has typed to it in this tab. */
  readonly typed: boolean;
  /** Whether this window has asked for the end. */
  readonly asked: boolean;
}

/**
 * Whether the tab closes with its program, or keeps the last screen for people to read. Who ends a shell by
 * typing is done with it, also where the last command failed (`exit` without a number ends a shell with that
 * command's status); any other program that fails has most likely just said why.
 */
export const closesWithProgram = ({ status, command, typed, asked }: EndedProgram): boolean => {
  if (asked || (status.signal === null && status.exitCode === 0)) {
    return true;
  }
  return status.signal === null && typed && isInteractiveShell(command);
};

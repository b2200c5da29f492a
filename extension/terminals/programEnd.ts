import { constants } from 'node:os';
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

/** How a program has ended as one number: as shells tell it, 128 and the signal's number (POSIX.1 XCU 2.8.2). */
export const shellStatus = ({ exitCode, signal }: ExitStatus): number | undefined =>
  signal === null ? (exitCode ?? undefined) : 128 + (constants.signals[signal as NodeJS.Signals] ?? 0);

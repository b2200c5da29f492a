import { printable } from '../../platform/printable';
import type { CommandInfo } from '../../protocol/history';
import { shortFolder } from './sessionTable';
import type { Style } from './style';
import { table } from './table';
import { age, localTime } from './time';

/** Cells a long folder keeps when the terminal is narrow. */
const LEAST_CELLS = 12;
const SECOND_MS = 1000;

/** Commands for people, one a row. */
export const historyTable = (
  commands: readonly CommandInfo[],
  now: number,
  width: number | undefined,
  style: Style,
): string => {
  const several = new Set(commands.map(({ terminal }) => terminal)).size > 1;
  return table(
    [
      { title: 'STARTED' },
      { title: 'TOOK' },
      { title: 'STATUS', style: (padded, status) => (/^-?[1-9]/.test(status) ? style.red(padded) : padded) },
      ...(several ? [{ title: 'TERMINAL', shrinkTo: LEAST_CELLS }] : []),
      { title: 'FOLDER', shrinkTo: LEAST_CELLS },
      { title: 'COMMAND', shrinkTo: LEAST_CELLS },
    ],
    commands.map((command) => [
      localTime(command.startedAt),
      lengthOf(command, now),
      command.running ? 'running' : (command.exitCode?.toString() ?? '?'),
      ...(several ? [printable(command.terminal)] : []),
      printable(shortFolder(command.cwd ?? '?')),
      printable(command.command),
    ]),
    width,
  );
};

const lengthOf = ({ running, startedAt, durationMs }: CommandInfo, now: number): string => {
  const length = running ? Math.max(0, now - startedAt) : durationMs;
  if (length === null) {
    return '?';
  }
  return length < SECOND_MS ? `${length}ms` : age(length);
};

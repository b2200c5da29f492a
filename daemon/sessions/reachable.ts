import { HoldfastError } from '../protocol/errors';
import type { TerminalRow } from '../store/rows';
import type { Catalog } from './catalog';
import { terminalState } from './info';

/** What state a terminal is in. @throws SESSION_UNREACHABLE when its PTY host does not answer: then nothing is known */
export const reachableState = (row: TerminalRow, catalog: Catalog): 'running' | 'exited' | 'lost' => {
  const state = terminalState(row, catalog);
  if (state === 'unreachable') {
    throw unreachable(catalog.session(row.session)?.name ?? row.session);
  }
  return state;
};

/** @throws SESSION_EXITED, SESSION_UNREACHABLE */
export const requireRunning = (row: TerminalRow, catalog: Catalog): TerminalRow => {
  if (reachableState(row, catalog) !== 'running') {
    throw notRunning(row, catalog);
  }
  return row;
};

/** What is said of a terminal whose program has ended, also a moment before its row says so. */
export const notRunning = (row: TerminalRow, catalog: Catalog): HoldfastError => {
  const { name: session, resurrect } = catalog.session(row.session) ?? {
    name: row.session,
    resurrect: 'ask',
  };
  const isOnlyOne = catalog.terminalsOf(row.session).length === 1;
  const name = isOnlyOne ? session : `${session}:${row.name}`;
  return new HoldfastError(
    'SESSION_EXITED',
    row.state === 'lost'
      ? `the program in '${name}' was lost with its PTY host or the machine`
      : `the program in '${name}' is not running`,
    row.state === 'lost' && resurrect !== 'never'
      ? `Run 'holdfast resurrect ${name}' for a shell in its place, or 'holdfast restart ${name}' for the program.`
      : `Run 'holdfast restart ${name}' to start it again.`,
    { state: row.state, exitCode: row.exitCode, signal: row.signal },
  );
};

/** @param name the session's */
export const unreachable = (name: string): HoldfastError =>
  new HoldfastError(
    'SESSION_UNREACHABLE',
    `the PTY host of '${name}' does not answer`,
    "Its program may be running: wait and try again, or run 'holdfast doctor'.",
  );

import { unreachable } from '../hosts/hostErrors';
import { type OtherBuild, obstacle, wayOut } from '../hosts/otherBuild';
import { HoldfastError } from '../protocol/errors';
import type { TerminalRow } from '../store/rows';
import type { Catalog } from './catalog';
import { terminalState } from './info';
import type { Parts } from './parts';

type Known = Pick<Parts, 'catalog' | 'hosts'>;

/** What state a terminal is in. @throws SESSION_UNREACHABLE when its PTY host does not answer: then nothing is known */
export const reachableState = (row: TerminalRow, parts: Known): 'running' | 'exited' | 'lost' => {
  const state = terminalState(row, parts.catalog);
  if (state === 'unreachable') {
    throw sessionUnreachable(parts.catalog.session(row.session)?.name ?? row.session, [row], parts);
  }
  return state;
};

/** @throws SESSION_EXITED, SESSION_UNREACHABLE */
export const requireRunning = (row: TerminalRow, parts: Known): TerminalRow => {
  if (reachableState(row, parts) !== 'running') {
    throw notRunning(row, parts.catalog);
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

/** @param name the session's @param rows its terminals that are asked for */
export const sessionUnreachable = (name: string, rows: readonly TerminalRow[], parts: Known): HoldfastError =>
  unreachable(`the PTY host of '${name}'`, otherBuild(rows, parts));

/** What is refused because these may be running, and what to do: sentences go on after both. */
export const doubt = (
  name: string,
  rows: readonly TerminalRow[],
  parts: Known,
): { readonly message: string; readonly wayOut: string } => {
  const build = otherBuild(rows, parts);
  return { message: `'${name}' may be running: its PTY host ${obstacle(build)}`, wayOut: wayOut(build) };
};

const otherBuild = (rows: readonly TerminalRow[], { catalog, hosts }: Known): OtherBuild | undefined =>
  rows
    .filter((row) => terminalState(row, catalog) === 'unreachable')
    .map((row) => hosts.get(row.host)?.otherBuild)
    .find((build) => build !== undefined);

import { readForegroundFolder } from '../platform/processTree';
import { HoldfastError } from '../protocol/errors';
import type { Millis, SessionId, TerminalId } from '../protocol/ids';
import type { SessionInfo, TerminalInfo, TerminalState, Waiting } from '../protocol/model';
import type { SessionRow, TerminalRow } from '../store/rows';
import type { Catalog } from './catalog';
import { lossOf } from './loss';

/** From dead to alive; a session has the state of its most alive terminal. */
const ALIVENESS: readonly TerminalState[] = ['exited', 'lost', 'unreachable', 'running'];

export const terminalState = (row: TerminalRow, catalog: Catalog): TerminalState =>
  row.state === 'running' && !catalog.live(row.id).reachable ? 'unreachable' : row.state;

export const sessionState = (session: SessionRow['id'], catalog: Catalog): TerminalState => {
  const states = catalog.terminalsOf(session).map((row) => ALIVENESS.indexOf(terminalState(row, catalog)));
  return ALIVENESS[Math.max(0, ...states)] ?? 'exited';
};

/** The folder of the program in front in a terminal, given the terminal's first program; null where the system does not tell. */
export type ReadFolder = (pid: number, terminal: TerminalId) => string | null;

/** Since when a terminal has been idle. */
export const quietSince = (row: TerminalRow, catalog: Catalog): Millis =>
  catalog.live(row.id).lastOutputAt ?? row.exitedAt ?? row.createdAt;

export const idleFor = (since: Millis): number => Math.max(0, Date.now() - since);

/** Of what the catalog knows, the folder and the time alone: a list builds it anew only when one of them has changed. */
export const terminalInfo = (
  row: TerminalRow,
  catalog: Catalog,
  readFolder: ReadFolder = readForegroundFolder,
): TerminalInfo => {
  const state = terminalState(row, catalog);
  const live = catalog.live(row.id);
  const isRunning = state === 'running';
  return {
    id: row.id,
    name: row.name,
    command: row.standIn ?? (row.command.length > 0 ? row.command : [row.executable, ...row.args]),
    pid: row.state === 'running' ? row.pid : null,
    state,
    exitCode: row.exitCode,
    signal: row.signal,
    createdAt: row.createdAt,
    exitedAt: row.exitedAt,
    ...catalog.sizeOf(row),
    // What the program reported (OSC 7 and the like), else what the system knows or has known, else where it was started.
    cwd:
      row.lastCwd ??
      (isRunning && row.pid !== null ? readFolder(row.pid, row.id) : null) ??
      row.seenCwd ??
      row.cwd,
    title: row.title,
    foreground: isRunning ? live.foreground : null,
    idleMs: idleFor(quietSince(row, catalog)),
    viewers: live.viewers.length,
    integration: isRunning && row.isIntegrated ? 'active' : 'none',
    currentCommand: isRunning ? live.currentCommand : null,
    lastExitCode: live.lastExitCode,
    ...waitingOf(isRunning ? live.waiting : null),
    attention: live.attention,
    ...(live.screenSetAside ? { screenSetAside: true } : {}),
  };
};

const waitingOf = (waiting: Waiting | null | undefined): Pick<TerminalInfo, 'waiting'> =>
  waiting === undefined ? {} : { waiting };

export const sessionInfo = (row: SessionRow, catalog: Catalog, readFolder?: ReadFolder): SessionInfo => {
  const terminals = catalog
    .terminalsOf(row.id)
    .map((terminal) => terminalInfo(terminal, catalog, readFolder));
  return {
    id: row.id,
    name: row.name,
    state: sessionState(row.id, catalog),
    group: row.group,
    tags: row.tags,
    note: row.note,
    icon: row.icon,
    color: row.color,
    kind: row.kind,
    cwd: row.cwd,
    workspace: row.workspace,
    template: row.template,
    resurrect: row.resurrect,
    loss: lossOf(row, catalog),
    pinned: row.pinned,
    quiet: row.quiet,
    position: row.position,
    groupPosition: row.groupPosition,
    createdAt: row.createdAt,
    lastAttachedAt: row.lastAttachedAt,
    commandCount: terminals.reduce((sum, terminal) => sum + catalog.commandCount(terminal.id), 0),
    viewers: terminals.reduce((sum, terminal) => sum + terminal.viewers, 0),
    terminals,
  };
};

/** @throws SESSION_NOT_FOUND */
export const requireSessionInfo = (id: SessionId, catalog: Catalog): SessionInfo => {
  const row = catalog.session(id);
  if (row === undefined) {
    throw new HoldfastError(
      'SESSION_NOT_FOUND',
      'the session has been removed meanwhile',
      "Run 'holdfast ls --all'.",
    );
  }
  return sessionInfo(row, catalog);
};

/** @throws TERMINAL_NOT_FOUND */
export const requireTerminalInfo = (id: TerminalId, catalog: Catalog): TerminalInfo => {
  const row = catalog.terminal(id);
  if (row === undefined) {
    throw new HoldfastError(
      'TERMINAL_NOT_FOUND',
      'the terminal has been removed meanwhile',
      "Run 'holdfast ls'.",
    );
  }
  return terminalInfo(row, catalog);
};

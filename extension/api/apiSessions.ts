import type { SessionInfo, TerminalInfo } from '../../daemon/protocol/model';
import type { Session, SessionEnd, SessionsChange, Terminal } from './holdfast';

/** Copies, so that a caller neither sees more than the interface has nor changes what the window knows. */
export const toApiSession = (info: SessionInfo): Session => {
  const { id, name, state, group, kind, cwd, workspace, createdAt, viewers } = info;
  const tags = [...info.tags];
  const terminals = info.terminals.map(toApiTerminal);
  return { id, name, state, group, tags, kind, cwd, workspace, createdAt, viewers, terminals };
};

const toApiTerminal = (info: TerminalInfo): Terminal => {
  const { id, name, pid, state, exitCode, signal, cwd, title } = info;
  return {
    ...{ id, name, command: [...info.command], pid, state, exitCode, signal, cwd, title },
    hasShellIntegration: info.integration === 'active',
    currentCommand: info.currentCommand?.command ?? null,
  };
};

/** What was known of the sessions at one moment. */
export type Known = ReadonlyMap<string, Session>;

/** @returns undefined when nothing that callers see has changed */
export const changeOf = (before: Known, now: Known): SessionsChange | undefined => {
  const all = [...now.values()];
  const added = all.filter(({ id }) => !before.has(id));
  const changed = all.filter((session) => {
    const old = before.get(session.id);
    return old !== undefined && JSON.stringify(old) !== JSON.stringify(session);
  });
  const removed = [...before.values()].filter(({ id }) => !now.has(id));
  return added.length + changed.length + removed.length === 0 ? undefined : { added, changed, removed };
};

const isOver = ({ state }: Pick<Session, 'state'>): boolean => state === 'exited' || state === 'lost';

/**
 * The sessions whose programs have all ended since `before`.
 * @param since milliseconds since 1970: one that was created later, and that is first heard of when it has ended, is meant too
 */
export const endsOf = (before: Known, { added, changed }: SessionsChange, since: number): SessionEnd[] =>
  [...added, ...changed].flatMap((session) => {
    const old = before.get(session.id);
    const isNew = old === undefined ? session.createdAt >= since : !isOver(old);
    const [first] = session.terminals;
    return isOver(session) && isNew
      ? [{ session, exitCode: first?.exitCode ?? null, signal: first?.signal ?? null }]
      : [];
  });

import type { SessionInfo } from '../protocol/model';

/** Whether part of a session's name, group, tags, folder or command is `text`; case does not matter. */
export const matchesFilter = (session: SessionInfo, text: string): boolean => {
  const wanted = text.toLowerCase();
  return [
    session.name,
    session.group ?? '',
    ...session.tags,
    session.cwd,
    ...session.terminals.flatMap((terminal) => [terminal.name, terminal.cwd, terminal.command.join(' ')]),
  ].some((value) => value.toLowerCase().includes(wanted));
};

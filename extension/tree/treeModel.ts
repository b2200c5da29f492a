import type { SessionId, TerminalId } from '../../daemon/protocol/ids';
import {
  MAIN_TERMINAL,
  type SessionInfo,
  type TerminalInfo,
  type TerminalState,
} from '../../daemon/protocol/model';
import { ItemWord } from '../contributions';

/** What the tree shows. Nodes name things and hold no state, so that one stays valid while its session changes. */
export type TreeNode =
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'session'; readonly session: SessionId }
  | { readonly kind: 'terminal'; readonly session: SessionId; readonly terminal: TerminalId };

/** Where the state comes from. */
export interface SessionSource {
  all(): readonly SessionInfo[];
  get(id: SessionId): SessionInfo | undefined;
}

/** Whether this window shows a terminal. */
export type IsShownHere = (terminal: TerminalId) => boolean;

export const nodeId = (node: TreeNode): string => {
  switch (node.kind) {
    case 'group':
      return `group:${node.group}`;
    case 'session':
      return `session:${node.session}`;
    case 'terminal':
      return `terminal:${node.terminal}`;
  }
};

/** First level: the groups, then the sessions that are in none. */
export const rootNodes = (source: SessionSource): readonly TreeNode[] => {
  const groups = new Set<string>();
  const loose: SessionInfo[] = [];
  for (const session of source.all()) {
    if (session.group === null || session.group === '') {
      loose.push(session);
    } else {
      groups.add(session.group);
    }
  }
  return [
    ...[...groups].sort(byText).map((group): TreeNode => ({ kind: 'group', group })),
    ...sessionNodes(loose),
  ];
};

export const childNodes = (source: SessionSource, node: TreeNode): readonly TreeNode[] => {
  switch (node.kind) {
    case 'group':
      return sessionNodes(source.all().filter((session) => session.group === node.group));
    case 'session': {
      const session = source.get(node.session);
      return session !== undefined && hasChildren(session)
        ? session.terminals.map((terminal) => ({
            kind: 'terminal',
            session: session.id,
            terminal: terminal.id,
          }))
        : [];
    }
    case 'terminal':
      return [];
  }
};

export const parentNode = (source: SessionSource, node: TreeNode): TreeNode | undefined => {
  if (node.kind === 'terminal') {
    return { kind: 'session', session: node.session };
  }
  const group = node.kind === 'session' ? source.get(node.session)?.group : undefined;
  return group === undefined || group === null || group === '' ? undefined : { kind: 'group', group };
};

/** A session with one terminal is that terminal: a level below it would say nothing. */
export const hasChildren = (session: SessionInfo): boolean => session.terminals.length > 1;

/** The terminal that a session stands for. */
export const mainTerminal = (session: SessionInfo): TerminalInfo | undefined =>
  session.terminals.find((terminal) => terminal.name === MAIN_TERMINAL) ?? session.terminals[0];

/** A codicon for each state: the shape tells them apart, colour only helps. */
export const stateIcon = (state: TerminalState, exitCode: number | null): string => {
  switch (state) {
    case 'running':
      return 'terminal';
    case 'exited':
      return exitCode === 0 ? 'pass' : 'error';
    case 'lost':
      return 'circle-slash';
    case 'unreachable':
      return 'warning';
  }
};

export const sessionWords = (session: SessionInfo, isShownHere: IsShownHere): string => {
  const here = session.terminals.some((terminal) => isShownHere(terminal.id));
  return words(ItemWord.SESSION, session.state, here);
};

export const terminalWords = (terminal: TerminalInfo, isShownHere: IsShownHere): string =>
  words(ItemWord.TERMINAL, terminal.state, isShownHere(terminal.id));

/** What its sessions are: the menu of a group offers what can be done to any of them. */
export const groupWords = (sessions: readonly SessionInfo[], isShownHere: IsShownHere): string => {
  const own = sessions.flatMap((session) => sessionWords(session, isShownHere).split(' ').slice(1));
  return [ItemWord.GROUP, ...new Set(own)].join(' ');
};

const STATE_WORD: Readonly<Record<TerminalState, ItemWord>> = {
  running: ItemWord.RUNNING,
  exited: ItemWord.ENDED,
  lost: ItemWord.LOST,
  unreachable: ItemWord.UNREACHABLE,
};

const words = (kind: ItemWord, state: TerminalState, here: boolean): string =>
  [kind, STATE_WORD[state], here ? ItemWord.HERE : ItemWord.AWAY].join(' ');

const sessionNodes = (sessions: readonly SessionInfo[]): readonly TreeNode[] =>
  [...sessions].sort(bySession).map((session) => ({ kind: 'session', session: session.id }));

const bySession = (a: SessionInfo, b: SessionInfo): number =>
  Number(b.pinned) - Number(a.pinned) || byText(a.name, b.name);

const byText = (a: string, b: string): number => a.localeCompare(b, undefined, { numeric: true });

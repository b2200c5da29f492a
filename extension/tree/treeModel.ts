import type { SessionId, TerminalId } from '../../daemon/protocol/ids';
import {
  MAIN_TERMINAL,
  type SessionInfo,
  type TerminalInfo,
  type TerminalState,
} from '../../daemon/protocol/model';
import { firstOf } from '../../daemon/protocol/order';
import { ItemWord } from '../contributions';
import { groupOf } from './moving';
import { bySession, groupOrder, PLAIN_SHAPE, type Shape } from './shape';

/** A group; once more below the sessions of other folders, with those of its sessions. */
export interface GroupNode {
  readonly kind: 'group';
  readonly group: string;
  readonly isElsewhere?: true;
}

/** What the tree shows. Nodes name things and hold no state, so that one stays valid while its session changes. */
export type TreeNode =
  | GroupNode
  /** What belongs to other folders than this window's. */
  | { readonly kind: 'elsewhere' }
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
      return `${node.isElsewhere === true ? 'elsewhere/' : ''}group:${node.group}`;
    case 'elsewhere':
      return 'elsewhere';
    case 'session':
      return `session:${node.session}`;
    case 'terminal':
      return `terminal:${node.terminal}`;
  }
};

/** First level: the groups, then the sessions that are in none, then what belongs to other folders. */
export const rootNodes = (source: SessionSource, shape = PLAIN_SHAPE): readonly TreeNode[] => {
  const shown = source.all().filter((session) => shape.isShown(session));
  const here = shown.filter((session) => !shape.isElsewhere(session));
  const elsewhere: readonly TreeNode[] = here.length < shown.length ? [{ kind: 'elsewhere' }] : [];
  return [...levelNodes(here, shape, {}), ...elsewhere];
};

export const childNodes = (
  source: SessionSource,
  node: TreeNode,
  shape = PLAIN_SHAPE,
): readonly TreeNode[] => {
  switch (node.kind) {
    case 'elsewhere':
      return levelNodes(sessionsBelow(source, node, shape), shape, { isElsewhere: true });
    case 'group':
      return sessionNodes(sessionsBelow(source, node, shape), shape);
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

/** The sessions that can be seen below a row: those that are meant by it. */
export const sessionsBelow = (
  source: SessionSource,
  node: GroupNode | { readonly kind: 'elsewhere' },
  shape = PLAIN_SHAPE,
): readonly SessionInfo[] => {
  const isElsewhere = node.kind === 'elsewhere' || node.isElsewhere === true;
  return source
    .all()
    .filter(
      (session) =>
        (node.kind === 'elsewhere' || session.group === node.group) &&
        shape.isElsewhere(session) === isElsewhere &&
        shape.isShown(session),
    );
};

export const parentNode = (
  source: SessionSource,
  node: TreeNode,
  shape = PLAIN_SHAPE,
): TreeNode | undefined => {
  switch (node.kind) {
    case 'terminal':
      return { kind: 'session', session: node.session };
    case 'group':
      return node.isElsewhere === true ? { kind: 'elsewhere' } : undefined;
    case 'elsewhere':
      return undefined;
    case 'session': {
      const session = source.get(node.session);
      const isElsewhere = session !== undefined && shape.isElsewhere(session);
      if (session === undefined || groupOf(session) === '') {
        return isElsewhere ? { kind: 'elsewhere' } : undefined;
      }
      return { kind: 'group', group: groupOf(session), ...(isElsewhere ? { isElsewhere } : {}) };
    }
  }
};

/** A session with one terminal is that terminal: a level below it would say nothing. */
export const hasChildren = (session: SessionInfo): boolean => session.terminals.length > 1;

/** The terminal that a session stands for. */
export const mainTerminal = (session: SessionInfo): TerminalInfo | undefined =>
  session.terminals.find((terminal) => terminal.name === MAIN_TERMINAL) ?? session.terminals[0];

/**
 * A codicon for each state: the shape tells them apart, colour only helps. Where a program runs it is the session's own, if it has one:
 * what has ended, is lost or does not answer must be seen at once.
 */
export const stateIcon = (state: TerminalState, exitCode: number | null, own?: string | null): string => {
  switch (state) {
    case 'running':
      return own ?? 'terminal';
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
  const own = words(ItemWord.SESSION, session.state, here);
  return hasChildren(session) ? `${own} ${ItemWord.SEVERAL}` : own;
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

/** The groups, then the sessions that are in none; sorted by attention, what wants it comes before all else. */
const levelNodes = (
  sessions: readonly SessionInfo[],
  shape: Shape,
  place: Pick<GroupNode, 'isElsewhere'>,
): readonly TreeNode[] => {
  const order = groupOrder(shape, sessions);
  const names = [...new Set(sessions.map(groupOf))].filter((group) => group !== '').sort(order);
  const groups = names.map((group): TreeNode => ({ kind: 'group', group, ...place }));
  const loose = sessionNodes(
    sessions.filter((session) => groupOf(session) === ''),
    shape,
  );
  if (shape.sort !== 'attention') {
    return [...groups, ...loose];
  }
  const wanting = sessions.filter((session) => shape.isWanting(session));
  const ids = new Set(wanting.flatMap(({ id, group }) => [`session:${id}`, `group:${group}`]));
  const isWanting = (node: TreeNode): boolean =>
    ids.has(node.kind === 'group' ? `group:${node.group}` : nodeId(node));
  return [...groups, ...loose].sort((a, b) => firstOf(isWanting(a), isWanting(b)));
};

const sessionNodes = (sessions: readonly SessionInfo[], shape: Shape): readonly TreeNode[] =>
  [...sessions].sort(bySession(shape)).map((session) => ({ kind: 'session', session: session.id }));

import { homedir } from 'node:os';
import { env, l10n, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import type { SessionInfo, TerminalInfo, TerminalState } from '../../daemon/protocol/model';
import { Command, ItemWord } from '../contributions';
import { type CommandWords, commandLines, commandWords, shortTime } from './commandWords';
import { sessionsText, viewersText } from './counts';
import { plainText, shortFolder } from './plainText';
import { spokenList, spokenRow } from './spokenRow';
import {
  type GroupNode,
  groupWords,
  hasChildren,
  type IsShownHere,
  mainTerminal,
  nodeId,
  sessionWords,
  stateIcon,
  type TreeNode,
  terminalWords,
} from './treeModel';

interface StateOfRow {
  readonly state: TerminalState;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Whether this window shows it. */
  readonly here: boolean;
  readonly viewers: number;
  /** Nobody draws its screen any more. */
  readonly screenSetAside?: boolean;
}

/** What both kinds of items say in the same words. */
interface Description extends StateOfRow {
  readonly name: string;
  readonly title: string;
  readonly cwd: string;
  /** What the session is shown by while it runs, where somebody has chosen. */
  readonly icon?: string | null | undefined;
  readonly color?: string | null | undefined;
  /** Of its shell's commands. */
  readonly commands: CommandWords | undefined;
}

/** What rows that stand for several sessions say of them. */
interface SeveralSessions {
  /** How many of them somebody should look at. */
  readonly wanting: number;
  /** Nothing below it may be hidden. */
  readonly isFiltered: boolean;
}

export const groupItem = (
  node: GroupNode,
  sessions: readonly SessionInfo[],
  isShownHere: IsShownHere,
  { wanting, isFiltered }: SeveralSessions,
): TreeItem => {
  const label = plainText(node.group);
  const item = new TreeItem(label, TreeItemCollapsibleState.Expanded);
  item.id = filteredId(node, isFiltered);
  item.iconPath = new ThemeIcon('folder');
  item.contextValue = groupWords(sessions, isShownHere);
  item.tooltip = label;
  const wants = wantsText(wanting);
  item.description = wants.join('');
  const count =
    sessions.length === 1
      ? l10n.t('Group {0}, 1 session', label)
      : l10n.t('Group {0}, {1} sessions', label, sessions.length);
  item.accessibilityInformation = { label: spokenList([count, ...wants]) };
  return item;
};

const wantsText = (wanting: number): readonly string[] =>
  wanting === 0 ? [] : [l10n.t('{0} to look at', wanting)];

export const elsewhereItem = (
  sessions: readonly SessionInfo[],
  { wanting, isFiltered }: SeveralSessions,
): TreeItem => {
  const label = l10n.t('Sessions of Other Folders');
  const { Collapsed, Expanded } = TreeItemCollapsibleState;
  const item = new TreeItem(label, isFiltered ? Expanded : Collapsed);
  const count = sessionsText(sessions.length);
  const wants = wantsText(wanting);
  item.id = filteredId({ kind: 'elsewhere' }, isFiltered);
  item.iconPath = new ThemeIcon('folder-library');
  item.contextValue = ItemWord.ELSEWHERE;
  item.description = [String(sessions.length), ...wants].join(' · ');
  item.tooltip = l10n.t('Sessions that belong to other folders than this window’s');
  item.accessibilityInformation = { label: spokenList([label, count, ...wants]) };
  return item;
};

/** Another item to VS Code while there is a filter, so that what was collapsed before hides nothing that is found. */
const filteredId = (node: TreeNode, isFiltered: boolean): string =>
  isFiltered ? `${nodeId(node)}?` : nodeId(node);

/** @param now milliseconds since 1970 */
export const sessionItem = (
  node: TreeNode,
  session: SessionInfo,
  isShownHere: IsShownHere,
  now: number,
): TreeItem => {
  const main = mainTerminal(session);
  const item = describe(node, {
    name: session.name,
    title: main?.title ?? '',
    state: session.state,
    exitCode: main?.exitCode ?? null,
    signal: main?.signal ?? null,
    here: session.terminals.some((terminal) => isShownHere(terminal.id)),
    viewers: session.viewers,
    screenSetAside: session.terminals.some((terminal) => terminal.screenSetAside === true),
    cwd: main?.cwd ?? session.cwd,
    icon: session.icon,
    color: session.color,
    commands: main === undefined ? undefined : commandWords(main, now),
  });
  item.contextValue = sessionWords(session, isShownHere);
  if (hasChildren(session)) {
    // Another item to VS Code, which would keep the one without children collapsed.
    item.id = `${nodeId(node)}+`;
    item.collapsibleState = TreeItemCollapsibleState.Expanded;
  }
  return item;
};

export const terminalItem = (
  node: TreeNode,
  terminal: TerminalInfo,
  isShownHere: IsShownHere,
  now: number,
): TreeItem => {
  const commands = commandWords(terminal, now);
  const item = describe(node, { ...terminal, here: isShownHere(terminal.id), commands });
  item.contextValue = terminalWords(terminal, isShownHere);
  return item;
};

export const sessionHover = (session: SessionInfo, now: number): string =>
  hover(session.name, [
    ...terminalLines(mainTerminal(session), now),
    ...(session.kind === 'ephemeral' ? [l10n.t('Ends by itself after its last viewer has left')] : []),
    ...(session.note === null ? [] : [session.note]),
    ...(session.tags.length === 0 ? [] : [session.tags.map((tag) => `#${tag}`).join(' ')]),
  ]);

export const terminalHover = (terminal: TerminalInfo, now: number): string =>
  hover(terminal.name, terminalLines(terminal, now));

const describe = (node: TreeNode, what: Description): TreeItem => {
  const folder = shortFolder(what.cwd, homedir());
  const state = stateText(what);
  const { commands } = what;
  const item = new TreeItem(plainText(what.name), TreeItemCollapsibleState.None);
  item.id = nodeId(node);
  item.iconPath = new ThemeIcon(stateIcon(what.state, what.exitCode, what.icon), stateColour(what));
  item.description = [state, ...(commands === undefined ? [] : [commands.shown]), folder].join(' · ');
  item.accessibilityInformation = {
    label: spokenRow({ ...what, stateText: state, commands: commands?.spoken, folder }),
  };
  // Without arguments: VS Code forgets those of a row that is being drawn anew, and a click then does nothing.
  item.command = { command: Command.OPEN, title: l10n.t('Open') };
  return item;
};

/** Its own colour, else green where it is shown here, and VS Code's own colours for what failed and what may need a look. */
const stateColour = ({ state, exitCode, here, color }: Description): ThemeColor | undefined => {
  switch (state) {
    case 'running':
      if (color != null) {
        return new ThemeColor(color);
      }
      return here ? new ThemeColor('charts.green') : undefined;
    case 'exited':
      // A signal is most often a kill, which is no failure.
      return exitCode === null || exitCode === 0 ? undefined : new ThemeColor('problemsErrorIcon.foreground');
    case 'unreachable':
      return new ThemeColor('problemsWarningIcon.foreground');
    case 'lost':
      return undefined;
  }
};

/** What the row of a session says of its state. */
export const sessionStateText = (session: SessionInfo, isShownHere: IsShownHere): string => {
  const main = mainTerminal(session);
  return stateText({
    state: session.state,
    exitCode: main?.exitCode ?? null,
    signal: main?.signal ?? null,
    here: session.terminals.some((terminal) => isShownHere(terminal.id)),
    viewers: session.viewers,
  });
};

/** The state in words, as rows and quick picks have it. */
export const stateText = (what: StateOfRow): string => {
  switch (what.state) {
    case 'running':
      return what.screenSetAside === true
        ? l10n.t('{0}, screen can’t be drawn', runningText(what))
        : runningText(what);
    case 'exited':
      if (what.signal !== null) {
        return l10n.t('ended by {0}', plainText(what.signal));
      }
      return what.exitCode === null ? l10n.t('ended') : l10n.t('ended with code {0}', what.exitCode);
    case 'lost':
      return l10n.t('lost');
    case 'unreachable':
      return l10n.t('unreachable');
  }
};

const runningText = ({ here, viewers }: StateOfRow): string => {
  if (here) {
    return viewers > 1 ? l10n.t('shown here, {0} viewers', viewers) : l10n.t('shown here');
  }
  if (viewers === 0) {
    return l10n.t('detached');
  }
  return viewersText(viewers);
};

const terminalLines = (terminal: TerminalInfo | undefined, now: number): readonly string[] =>
  terminal === undefined
    ? []
    : [
        ...(terminal.title === '' ? [] : [terminal.title]),
        l10n.t('Program: {0}', terminal.command.join(' ')),
        ...commandLines(terminal, now),
        ...(terminal.foreground === null ? [] : [l10n.t('In the foreground: {0}', terminal.foreground)]),
        l10n.t('Folder: {0}', terminal.cwd),
        ...(terminal.pid === null ? [] : [l10n.t('Process: {0}', terminal.pid)]),
        l10n.t(
          'Started: {0}, {1} ago',
          new Date(terminal.createdAt).toLocaleString(env.language),
          shortTime(now - terminal.createdAt),
        ),
      ];

/** Everything in it is untrusted, so it is no Markdown: that makes a link of every address. */
const hover = (name: string, lines: readonly string[]): string =>
  [name, ...lines].map((line) => plainText(line)).join('\n');

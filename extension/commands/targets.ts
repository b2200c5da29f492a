import { homedir } from 'node:os';
import { l10n, type QuickPickItem, ThemeIcon, window } from 'vscode';
import { HoldfastError } from '../../daemon/protocol/errors';
import type { SessionInfo, TerminalInfo } from '../../daemon/protocol/model';
import { wantedOf } from '../attention/wanted';
import { attentionWords } from '../attention/words';
import type { Services } from '../services';
import { readSetting } from '../settings';
import { plainText, shortFolder } from '../tree/plainText';
import { stateText } from '../tree/treeItems';
import { hasChildren, mainTerminal, stateIcon, type TreeNode } from '../tree/treeModel';

/** What a command acts on: a whole session, or one of its terminals. */
export interface Target {
  readonly session: SessionInfo;
  readonly terminal: TerminalInfo | undefined;
}

/**
 * Passed by the keybindings of the view: what has the keyboard's focus there is meant, and nothing else. The manifest
 * names the row as `{ $treeViewId, $focusedTreeItem: true }`, of which VS Code makes the node, as it does for the
 * actions in a view's title (`_convertArgument` in its extHostTreeViews.ts); no API tells the focused row.
 */
export type FocusedArgument = readonly [kind: 'focused', node: TreeNode | null | undefined];

/** What a command is given: a tree item (and all that are selected), a TARGET as on the command line, or nothing. */
export type TargetArgument = TreeNode | FocusedArgument | string | undefined;

export const isFocused = (argument: TargetArgument): argument is FocusedArgument => Array.isArray(argument);

export interface Choice {
  /** What the quick pick asks. */
  readonly title: string;
  /** What the command can act on. */
  readonly fits: (target: Target) => boolean;
  /** Whether all that are selected are meant; otherwise the first. */
  readonly many?: boolean;
  /** Whether the quick pick lets several be checked: for what is done to many at once, at the price of one more key. */
  readonly pickMany?: boolean;
  /** Whether a session means its first terminal, so that the quick pick does not offer that one beside it. */
  readonly isViewed?: boolean;
  /** What the quick pick has above everything else. */
  readonly isFirst?: (target: Target) => boolean;
}

/** The one that the command's call means: `SESSION` or `SESSION:TERMINAL`, by id, because names change. */
export const targetText = ({ session, terminal }: Target): string =>
  terminal === undefined ? session.id : `${session.id}:${terminal.name}`;

export const targetName = ({ session, terminal }: Target): string =>
  terminal === undefined ? session.name : `${session.name}:${terminal.name}`;

/** The terminal that is viewed: the one named, else the session's first. */
export const viewedTerminal = (target: Target): TerminalInfo | undefined =>
  target.terminal ?? mainTerminal(target.session);

export const isRunning = (target: Target): boolean =>
  (target.terminal ?? target.session).state === 'running' ||
  (target.terminal ?? target.session).state === 'unreachable';

/**
 * What a command is meant for: its arguments, else what is selected in the view, else what the user picks.
 * @returns nothing when the user picks nothing
 */
export const resolveTargets = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
  choice: Choice,
): Promise<readonly Target[]> => {
  // Before the refresh: while the view takes over what has changed, it has no selection.
  const inView = isFocused(argument) ? focusedNodes(services, argument) : services.tree.selection;
  // Changes arrive up to 100 ms late, and a command may follow another at once.
  await services.link.refresh();
  if (typeof argument === 'string') {
    return [targetFromText(services, argument)];
  }
  const given = isFocused(argument) ? inView : givenNodes(argument, selected);
  // A group is all of its sessions, which is not the one that a command for one means.
  const chosen = (given ?? inView).filter((node) => node.kind !== 'group' || choice.many === true);
  const targets = withoutCovered(chosen.flatMap((node) => fromNode(services, node))).filter(choice.fits);
  if (targets.length > 0 || given !== undefined) {
    return choice.many === true ? targets : targets.slice(0, 1);
  }
  return pick(services, choice);
};

/** The rows that a command is called on: its arguments, else what is selected in the view. */
export const meantNodes = (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
): readonly TreeNode[] => {
  if (typeof argument === 'string') {
    return [];
  }
  return isFocused(argument)
    ? focusedNodes(services, argument)
    : (givenNodes(argument, selected) ?? services.tree.selection);
};

const focusedNodes = ({ tree }: Services, [, node]: FocusedArgument): readonly TreeNode[] =>
  node === null || node === undefined ? [] : tree.meantBy(node);

const givenNodes = (
  argument: TreeNode | undefined,
  selected: readonly TreeNode[] | undefined,
): readonly TreeNode[] | undefined => {
  if (selected !== undefined && selected.length > 0) {
    return selected;
  }
  return argument === undefined ? undefined : [argument];
};

const fromNode = ({ link, tree }: Services, node: TreeNode): readonly Target[] => {
  if (node.kind === 'group') {
    // What a filter hides, or what stands elsewhere, is not what somebody sees below it.
    return tree.sessionsBelow(node).map((session) => ({ session, terminal: undefined }));
  }
  if (node.kind === 'elsewhere') {
    // So many strangers at once are meant by nobody.
    return [];
  }
  const session = link.get(node.session);
  if (session === undefined) {
    return [];
  }
  const terminal =
    node.kind === 'terminal'
      ? session.terminals.find((candidate) => candidate.id === node.terminal)
      : undefined;
  return node.kind === 'terminal' && terminal === undefined ? [] : [{ session, terminal }];
};

/** @param text `SESSION` or `SESSION:TERMINAL`, by id or by name. @throws HoldfastError SESSION_NOT_FOUND, TERMINAL_NOT_FOUND */
export const targetFromText = ({ link }: Pick<Services, 'link'>, text: string): Target => {
  const [name = '', terminalName] = text.split(':');
  const session = link.all().find((candidate) => candidate.name === name || candidate.id === name);
  if (session === undefined) {
    throw new HoldfastError(
      'SESSION_NOT_FOUND',
      l10n.t("there is no session '{0}'", name),
      l10n.t('Choose one in the Holdfast view.'),
    );
  }
  const terminal =
    terminalName === undefined
      ? undefined
      : session.terminals.find(
          (candidate) => candidate.name === terminalName || candidate.id === terminalName,
        );
  if (terminalName !== undefined && terminal === undefined) {
    throw new HoldfastError(
      'TERMINAL_NOT_FOUND',
      l10n.t("the session '{0}' has no terminal '{1}'", name, terminalName),
      l10n.t('Choose one in the Holdfast view.'),
    );
  }
  return { session, terminal };
};

/** A session and one of its terminals selected together mean the session; one selected twice is meant once. */
const withoutCovered = (targets: readonly Target[]): readonly Target[] => {
  const whole = new Set(
    targets.filter((target) => target.terminal === undefined).map((target) => target.session.id),
  );
  const seen = new Set<string>();
  return targets.filter((target) => {
    const text = targetText(target);
    const covered = seen.has(text) || (target.terminal !== undefined && whole.has(target.session.id));
    seen.add(text);
    return !covered;
  });
};

interface TargetItem extends QuickPickItem {
  readonly target: Target;
}

/** Asks the user, whatever is selected. */
export const pick = async (services: Services, choice: Choice): Promise<readonly Target[]> => {
  const active = services.open.active;
  const isFirst = choice.isFirst ?? (() => false);
  const items = services.link
    .all()
    .flatMap((session): readonly Target[] => [
      { session, terminal: undefined },
      ...offeredTerminals(session, choice).map((terminal) => ({ session, terminal })),
    ])
    .filter(choice.fits)
    .map((target) => toItem(services, target))
    .sort(
      (a, b) =>
        Number(isFirst(b.target)) - Number(isFirst(a.target)) ||
        Number(b.target.session.id === active?.session) - Number(a.target.session.id === active?.session) ||
        Number(isRunning(b.target)) - Number(isRunning(a.target)) ||
        a.label.localeCompare(b.label, undefined, { numeric: true }),
    );
  if (items.length === 0) {
    void window.showInformationMessage(l10n.t('{0}: there is no session for that.', choice.title));
    return [];
  }
  const options = { title: choice.title, placeHolder: l10n.t('Select a session'), matchOnDescription: true };
  if (choice.pickMany === true) {
    const placeHolder = l10n.t('Tick one or more sessions, then press Enter');
    const picked = await window.showQuickPick(items, { ...options, placeHolder, canPickMany: true });
    if (picked?.length === 0) {
      void window.showInformationMessage(l10n.t('{0}: no session was ticked.', choice.title));
    }
    return withoutCovered((picked ?? []).map((item) => item.target));
  }
  const picked = await window.showQuickPick(items, options);
  return picked === undefined ? [] : [picked.target];
};

const offeredTerminals = (session: SessionInfo, { isViewed }: Choice): readonly TerminalInfo[] => {
  const { terminals } = session;
  if (!hasChildren(session)) {
    return [];
  }
  return isViewed === true ? terminals.filter((terminal) => terminal !== mainTerminal(session)) : terminals;
};

const toItem = ({ open }: Services, target: Target): TargetItem => {
  const terminal = viewedTerminal(target);
  const { state, viewers } = target.terminal ?? target.session;
  const exitCode = terminal?.exitCode ?? null;
  const shown = target.terminal === undefined ? target.session.terminals : [target.terminal];
  const here = shown.some(({ id }) => open.isShown(id));
  const words = stateText({ state, exitCode, signal: terminal?.signal ?? null, here, viewers });
  const wanted = (terminal === undefined ? [] : wantedOf(terminal, readSetting)).map(attentionWords);
  return {
    target,
    label: targetName(target),
    iconPath: new ThemeIcon(stateIcon(state, exitCode, target.session.icon)),
    description: withoutIcons(
      [...wanted, words, shortFolder(terminal?.cwd ?? target.session.cwd, homedir())].join(' · '),
    ),
    ...(terminal === undefined || terminal.title === ''
      ? {}
      : { detail: withoutIcons(plainText(terminal.title)) }),
  };
};

/** A quick pick turns `$(name)` into a picture. */
const withoutIcons = (text: string): string => text.replaceAll('$(', '\\$(');

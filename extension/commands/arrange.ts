import { l10n, type QuickPickItem, QuickPickItemKind, ThemeIcon, window } from 'vscode';
import { byGroup } from '../../daemon/protocol/order';
import type { Services } from '../services';
import { sessionsText } from '../tree/counts';
import { groupNames, groupOf } from '../tree/moving';
import { plainText } from '../tree/plainText';
import type { TreeNode } from '../tree/treeModel';
import { meantNodes, resolveTargets, type TargetArgument } from './targets';

interface GroupItem extends QuickPickItem {
  /** `''` is none; undefined is one that is still to be named. */
  readonly group: string | undefined;
}

/** @param wanted the group, as a keybinding or another extension may pass it; `''` is none */
export const moveToGroup = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
  wanted: unknown,
): Promise<void> => {
  const targets = await resolveTargets(services, argument, selected, {
    title: l10n.t('Move to Group'),
    fits: (target) => target.terminal === undefined,
    many: true,
    pickMany: true,
  });
  const sessions = targets.map(({ session }) => session);
  if (sessions.length === 0) {
    return;
  }
  const group =
    typeof wanted === 'string' ? wanted.trim() : await chooseGroup(services, sessions.map(groupOf));
  if (group !== undefined) {
    await services.tree.mover.toGroup(sessions, group);
  }
};

export const moveStep = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
  step: 'up' | 'down',
): Promise<void> => {
  const nodes = meantNodes(services, argument, selected);
  const groups = nodes.flatMap((node) => (node.kind === 'group' ? [node] : []));
  if (groups.length > 0 && groups.length === nodes.length) {
    await services.tree.mover.stepGroups(groups, step);
    return;
  }
  const targets = await resolveTargets(services, argument, selected, {
    title: step === 'up' ? l10n.t('Move Up') : l10n.t('Move Down'),
    fits: (target) => target.terminal === undefined,
    many: true,
  });
  await services.tree.mover.step(
    targets.map(({ session }) => session),
    step,
  );
};

/** @param current the groups that what is moved is in now */
const chooseGroup = async ({ link }: Services, current: readonly string[]): Promise<string | undefined> => {
  const groups = groupNames(link.all()).sort(byGroup(link.all()));
  const isAll = (group: string): boolean => current.every((one) => one === group);
  const items: readonly GroupItem[] = [
    ...groups
      .filter((group) => !isAll(group))
      .map((group) => ({
        label: plainText(group).replaceAll('$(', '\\$('),
        iconPath: new ThemeIcon('folder'),
        description: sessionsText(link.all().filter((session) => groupOf(session) === group).length),
        group,
      })),
    { label: '', kind: QuickPickItemKind.Separator, group: undefined },
    { label: l10n.t('New Group…'), iconPath: new ThemeIcon('new-folder'), group: undefined },
    ...(isAll('') ? [] : [{ label: l10n.t('No Group'), iconPath: new ThemeIcon('close'), group: '' }]),
  ];
  const title = l10n.t('Move to Group');
  const picked = await window.showQuickPick(items, { title, placeHolder: l10n.t('Select a group') });
  if (picked === undefined || picked.group !== undefined) {
    return picked?.group;
  }
  const name = await window.showInputBox({
    title: l10n.t('{0}: New Group', title),
    validateInput: (value) => (value.trim() === '' ? l10n.t('A name is needed.') : undefined),
  });
  return name?.trim();
};

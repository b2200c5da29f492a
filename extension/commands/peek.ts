import { commands, l10n } from 'vscode';
import type { Services } from '../services';
import type { TreeNode } from '../tree/treeModel';
import { isFocused, resolveTargets, type TargetArgument } from './targets';
import { toShown } from './view';

/** From a row of the view the keyboard stays there, so that the next row can be peeked at; Escape closes it from there too. */
export const peek = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
): Promise<void> => {
  const focused = isFocused(argument) ? argument[1] : undefined;
  if (focused != null && focused.kind !== 'session' && focused.kind !== 'terminal') {
    await commands.executeCommand('list.toggleExpand');
    return;
  }
  const [target] = await resolveTargets(services, argument, selected, {
    title: l10n.t('Peek Screen'),
    fits: ({ session, terminal }) => (terminal ?? session).state !== 'unreachable',
    isViewed: true,
  });
  const shown = target === undefined ? undefined : toShown(target, false);
  if (shown !== undefined) {
    const isElsewhere = argument === undefined || typeof argument === 'string';
    services.peek.open(shown, isElsewhere ? 'elsewhere' : focused === undefined ? 'row' : 'focused-row');
  }
};

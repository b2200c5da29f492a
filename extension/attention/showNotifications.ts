import { l10n } from 'vscode';
import { SessionSet } from '../../daemon/protocol/sessions';
import { resolveTargets, type TargetArgument } from '../commands/targets';
import type { Services } from '../services';
import type { TreeNode } from '../tree/treeModel';

/** Takes back "Don't Show for This Session". */
export const showNotifications = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
): Promise<void> => {
  const targets = await resolveTargets(services, argument, selected, {
    title: l10n.t('Show Notifications Again'),
    fits: ({ session, terminal }) => terminal === undefined && session.quiet === true,
    many: true,
  });
  for (const { session } of targets) {
    await services.link.call(SessionSet.type, { target: { text: session.id }, quiet: false });
  }
};

import { l10n, ViewColumn } from 'vscode';
import type { Services } from '../services';
import { closeShown } from '../terminals/showAnew';
import type { Shown } from '../terminals/shown';
import type { TreeNode } from '../tree/treeModel';
import { resolveTargets, type TargetArgument } from './targets';
import { toShown } from './view';

/** @param column the editor group, as a drop or a keybinding may name it; else the active one */
export const attachInEditor = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
  column?: unknown,
): Promise<void> => {
  const targets = await resolveTargets(services, argument, selected, {
    title: l10n.t('Attach in Editor Area'),
    fits: () => true,
    many: true,
    isViewed: true,
  });
  const wanted = typeof column === 'number' && column >= ViewColumn.One ? column : undefined;
  for (const target of targets) {
    const shown = toShown(target, false);
    if (shown !== undefined) {
      await showInEditor(services, shown, wanted);
    }
  }
};

/** VS Code lets no extension move a terminal: what is shown elsewhere is closed there and attached anew. */
const showInEditor = async ({ open }: Services, shown: Shown, wanted: number | undefined): Promise<void> => {
  const isMeant = (one: { readonly terminal: string; readonly readOnly: boolean }): boolean =>
    one.terminal === shown.terminal && one.readOnly === shown.readOnly;
  const at = open.places.remember().find(isMeant);
  if (at !== undefined && (at.column === null || (wanted !== undefined && wanted !== at.column))) {
    await closeShown(open, isMeant);
  }
  await open.show(shown, { place: { viewColumn: wanted ?? ViewColumn.Active }, focus: 'terminal' });
};

import { l10n, workspace } from 'vscode';
import { HoldfastError } from '../daemon/protocol/errors';

/**
 * Starts nothing in a folder whose authors the user has not trusted: VS Code itself asks only when a terminal is
 * shown, and the program would run by then.
 * @throws HoldfastError INVALID_INPUT
 */
export const requireTrust = (): void => {
  if (!workspace.isTrusted) {
    throw new HoldfastError(
      'INVALID_INPUT',
      l10n.t('no program is started in a folder that is not trusted'),
      l10n.t("Run 'Workspaces: Manage Workspace Trust' first."),
    );
  }
};

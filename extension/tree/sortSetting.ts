import { ConfigurationTarget, workspace } from 'vscode';
import type { SettingName } from '../contributions';
import type { SortOrder } from './shape';

const SORT: SettingName = 'holdfast.view.sort';

/** Changes the setting where it is in force: in the workspace's file if that has it, else in the user's. */
export const setSort = async (sort: SortOrder): Promise<void> => {
  const settings = workspace.getConfiguration();
  const isWorkspaces = settings.inspect(SORT)?.workspaceValue !== undefined;
  await settings.update(
    SORT,
    sort,
    isWorkspaces ? ConfigurationTarget.Workspace : ConfigurationTarget.Global,
  );
};

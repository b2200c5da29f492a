import { type Task, TaskScope, workspace } from 'vscode';
import type { SessionInfo } from '../../daemon/protocol/model';

/** What a task is the same task by: another window, and this one after a reload, know no more of it. */
export interface TaskIdentity {
  /** Its `label` in tasks.json. */
  readonly name: string;
  /** The folder that it belongs to, or the workspace file; null where none is open. */
  readonly folder: string | null;
}

/** As much of a label as a tag holds. */
const MAX_NAME = 900;

export const identityOf = ({ name, scope }: Pick<Task, 'name' | 'scope'>): TaskIdentity => ({
  name: name.slice(0, MAX_NAME),
  folder:
    typeof scope === 'object'
      ? pathOf(scope)
      : scope === TaskScope.Workspace && workspace.workspaceFile?.scheme === 'file'
        ? workspace.workspaceFile.fsPath
        : firstFolder(),
});

export const isSameTask = (a: TaskIdentity, b: TaskIdentity): boolean =>
  a.name === b.name && a.folder === b.folder;

/** By this tag and its folder a session is known to be a task's, whatever it is called. */
export const taskTag = ({ name }: TaskIdentity): string => `task:${name}`;

export const isOfTask = (identity: TaskIdentity, session: SessionInfo): boolean =>
  session.workspace === identity.folder && session.tags.includes(taskTag(identity));

const pathOf = ({ uri }: { readonly uri: { readonly scheme: string; readonly fsPath: string } }): string =>
  uri.scheme === 'file' ? uri.fsPath : uri.toString();

const firstFolder = (): string | null => {
  const [folder] = workspace.workspaceFolders ?? [];
  return folder === undefined ? null : pathOf(folder);
};

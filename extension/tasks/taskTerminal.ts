import { type Terminal, type WorkspaceFolder, window, workspace } from 'vscode';

/**
 * The terminal that VS Code has made for a task before it asks what is to run in it; no API of ours tells which it is.
 * It has the task's name, with the folder's behind it where several are open, unless it is one that another task has left.
 * @param isTaken whether something of ours is in it
 */
export const findTaskTerminal = async (
  name: string,
  isTaken: (terminal: Terminal) => boolean,
): Promise<Terminal | undefined> => {
  const waiting = await Promise.all(window.terminals.map(isWaiting));
  const free = window.terminals.filter((terminal, index) => waiting[index] === true && !isTaken(terminal));
  const named = free.filter((terminal) => terminal.name === name || folderOf(name, terminal) !== undefined);
  // Tasks of several folders that are run at once are asked for in the order of their terminals.
  const isOfSeveral = new Set(named.map((terminal) => terminal.name)).size > 1;
  return (isOfSeveral ? named[0] : named.at(-1)) ?? (free.length === 1 ? free[0] : undefined);
};

/** The folder that VS Code names behind a task's name, where several are open. */
export const folderOf = (task: string, { name }: Terminal): WorkspaceFolder | undefined =>
  workspace.workspaceFolders?.find((folder) => name === `${task} (${folder.name})`);

/** Whether nothing runs in it that VS Code itself has started: it has no process yet, or one that an extension has in it. */
const isWaiting = async (terminal: Terminal): Promise<boolean> => {
  const options = terminal.creationOptions;
  if ('pty' in options || ('shellPath' in options && options.shellPath !== undefined)) {
    return false;
  }
  // What is not known at once is not there yet: a terminal that runs has told its process long before.
  const known = await Promise.race([terminal.processId, Promise.resolve('none' as const)]);
  return known === 'none' || known === -1;
};

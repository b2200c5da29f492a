import type { Terminal } from 'vscode';

/**
 * When a new name is looked for on its tab first, and the longest time until it is again; each time is twice as long. Making a
 * terminal takes VS Code a second, and many on a machine that has no time for it.
 */
const FIRST_LOOK_MS = 250;
const LAST_LOOK_MS = 16_000;

/** A tab and the name it is to have. */
export interface NamedTab {
  readonly terminal: Terminal | undefined;
  readonly shown: { readonly name: string };
  readonly pty: { rename(name: string): void };
}

/**
 * Names a tab anew, and looks whether it has taken the name: a terminal that is just being made gets its first name
 * once more, over the one it was given meanwhile.
 */
export const nameTab = (tab: NamedTab, isOpen: () => boolean): void => {
  tab.pty.rename(tab.shown.name);
  confirm(tab, isOpen, FIRST_LOOK_MS);
};

const confirm = (tab: NamedTab, isOpen: () => boolean, afterMs: number): void => {
  setTimeout(() => {
    if (isOpen() && tab.terminal?.name !== tab.shown.name && afterMs <= LAST_LOOK_MS) {
      tab.pty.rename(tab.shown.name);
      confirm(tab, isOpen, afterMs * 2);
    }
  }, afterMs).unref();
};

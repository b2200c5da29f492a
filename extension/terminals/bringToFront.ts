import { type Terminal, window } from 'vscode';

/** VS Code says within some milliseconds that a terminal is the active one. */
const PATIENCE_MS = 3000;

/** Makes a terminal the active one, and waits until it is. */
export const bringToFront = async (terminal: Terminal | undefined): Promise<void> => {
  terminal?.show();
  if (terminal === undefined || window.activeTerminal === terminal) {
    return;
  }
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      subscription.dispose();
      resolve();
    };
    const timer = setTimeout(done, PATIENCE_MS);
    const subscription = window.onDidChangeActiveTerminal((active) => active === terminal && done());
  });
};

import { window } from 'vscode';

type Kind = 'showInformationMessage' | 'showWarningMessage';

/** What a notification of a session that wants somebody to look is told by: its button, or the words of one for many. */
const NEVER = 'Don’t Show for This Session';
const MANY = /^\d+ sessions want attention\.$/;

/**
 * Shows messages in VS Code's stead, from now on. A program that rings, fails or waits for input is notified of at any moment,
 * before the message that a test is about as well: that one nobody answers.
 */
export const showingMessages = <Rest extends readonly unknown[]>(
  kinds: readonly Kind[],
  show: (text: string, ...rest: Rest) => Promise<unknown>,
): { dispose(): void } => {
  const originals = kinds.map((kind) => [kind, window[kind]] as const);
  const shown = async (text: string, ...rest: Rest): Promise<unknown> =>
    rest.includes(NEVER) || MANY.test(text) ? undefined : show(text, ...rest);
  Object.assign(window, Object.fromEntries(kinds.map((kind) => [kind, shown])));
  return { dispose: () => void Object.assign(window, Object.fromEntries(originals)) };
};

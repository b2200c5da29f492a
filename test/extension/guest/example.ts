import { type ExtensionContext, extensions, window } from 'vscode';
import type { HoldfastAPI, HoldfastError, HoldfastExtension, Session } from '../../../extension/api/holdfast';

/** Undefined where Holdfast is not installed. */
export const getHoldfast = async (): Promise<HoldfastAPI | undefined> => {
  const extension = extensions.getExtension<HoldfastExtension>('holdfast.holdfast');
  return extension === undefined ? undefined : (await extension.activate()).getAPI(1);
};

/** A server that goes on when the window closes, and is found again when it comes back. */
export const showServer = async (holdfast: HoldfastAPI, name: string, cwd: string): Promise<Session> => {
  const running = (await holdfast.list()).find((session) => session.name === name);
  const session =
    running ?? (await holdfast.create({ name, cwd, command: ['node', 'server.js'], env: { PORT: '8080' } }));
  await holdfast.attach(session.id, { preserveFocus: true });
  return session;
};

/** Whether a command succeeds in a session's shell, which may be days old and need not be shown. */
export const succeeds = async (holdfast: HoldfastAPI, session: string, command: string): Promise<boolean> => {
  try {
    const { exitCode } = await holdfast.run(session, command, { timeoutMs: 30_000 });
    return exitCode === 0;
  } catch (error) {
    const { message, suggestion } = error as HoldfastError;
    void window.showErrorMessage(`${message}. ${suggestion}`);
    return false;
  }
};

/** Tells of what ends, as long as this extension is active. */
export const watchEnds = ({ subscriptions }: ExtensionContext, holdfast: HoldfastAPI): void => {
  subscriptions.push(
    holdfast.onDidEndSession(({ session, exitCode }) => {
      window.setStatusBarMessage(`${session.name} ended with ${exitCode ?? 'a signal'}`, 5000);
    }),
  );
};

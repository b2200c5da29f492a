import { commands } from 'vscode';
import { ContextKey } from './contributions';

/** Steps of the walkthrough, by the context key that ticks them off. */
export const Step = {
  /** A terminal of this window came back with it. */
  COME_BACK: ContextKey.CAME_BACK,
  /** A terminal was left whose program goes on. */
  DETACH: ContextKey.HAS_DETACHED,
  /** The command line is where shells find it. */
  SHELL: ContextKey.COMMAND_INSTALLED,
} as const;

/** Once is enough: VS Code keeps what was done, also when the key has gone with its window. */
export const tickOff = (step: (typeof Step)[keyof typeof Step]): void => {
  void commands.executeCommand('setContext', step, true);
};

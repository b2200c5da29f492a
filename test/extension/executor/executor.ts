import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  commands,
  type ExtensionContext,
  type Terminal,
  type TerminalShellExecution,
  type TerminalShellIntegration,
  window,
  workspace,
} from 'vscode';
import type { Executed } from './executed';

/** An extension as others write it, which knows nothing of Holdfast: it runs a line in the terminal in front, and notes what came of it. */
export const activate = ({ subscriptions }: ExtensionContext): void => {
  subscriptions.push(
    commands.registerCommand('guest.execute', async () => {
      const line = await window.showInputBox({ prompt: 'Command line', ignoreFocusOut: true });
      const terminal = window.activeTerminal;
      if (line !== undefined && terminal !== undefined) {
        note(await execute(terminal, line));
      }
    }),
  );
};

const execute = async (terminal: Terminal, line: string): Promise<Executed> => {
  const integration = await integrationOf(terminal);
  let execution: TerminalShellExecution | undefined;
  const ended = new Promise<number | undefined>((resolve) => {
    const subscription = window.onDidEndTerminalShellExecution((event) => {
      if (event.execution === execution) {
        subscription.dispose();
        resolve(event.exitCode);
      }
    });
  });
  execution = integration.executeCommand(line);
  let output = '';
  for await (const data of execution.read()) {
    output += data;
  }
  return { line, terminal: terminal.name, exitCode: await ended, output };
};

/** It may come after the terminal, as VS Code's documentation has it. */
const integrationOf = (terminal: Terminal): Promise<TerminalShellIntegration> =>
  new Promise((resolve) => {
    const subscription = window.onDidChangeTerminalShellIntegration((event) => {
      if (event.terminal === terminal) {
        subscription.dispose();
        resolve(event.shellIntegration);
      }
    });
    if (terminal.shellIntegration !== undefined) {
      subscription.dispose();
      resolve(terminal.shellIntegration);
    }
  });

const note = (executed: Executed): void =>
  appendFileSync(
    join(workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', 'executed.jsonl'),
    `${JSON.stringify(executed)}\n`,
  );

import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ConfigurationTarget,
  commands,
  extensions,
  type MessageItem,
  type MessageOptions,
  type Terminal,
  window,
  workspace,
} from 'vscode';
import { Connection, type SessionInfo, stopDaemon } from '../../daemon/client';
import { SessionKill, SessionList, SessionRemove } from '../../daemon/protocol/sessions';
import { TerminalSnapshot } from '../../daemon/protocol/terminals';
import { Command, EXTENSION_ID } from '../../extension/contributions';
import { isHidden } from '../../extension/environment/terminalProbe';
import { poll } from '../support/poll';
import { showingMessages } from './messages';

let connection: Connection | undefined;
let showErrorMessage: typeof window.showErrorMessage | undefined;
let told: string[] = [];

/** Activates the extension and quiets what would wait for a person. */
export const begin = async (): Promise<void> => {
  assert.ok(process.env['HOLDFAST_DATA_DIR'], 'these tests end sessions: they run on private folders only');
  assert.ok(process.env['HOLDFAST_SOCKET_DIR'], 'these tests end sessions: they run on private folders only');
  // A command that is not registered in this host yet would be run through the window, its result a copy.
  await extensions.getExtension(EXTENSION_ID)?.activate();
  await configure('terminal.integrated.confirmOnKill', 'never');
  // The machine's own start-up files may take any time.
  await configure('holdfast.shell.path', '/bin/bash');
  await configure('holdfast.shell.args', ['--noprofile', '--norc']);
  showErrorMessage ??= window.showErrorMessage;
  Object.assign(window, {
    showErrorMessage: async (message: string): Promise<undefined> => {
      told.push(message);
      return undefined;
    },
  });
};

/** The errors that people were told of since this was asked last. */
export const takeErrors = (): readonly string[] => {
  const taken = told;
  told = [];
  return taken;
};

/** What a warning asked, and what it offered. */
export interface Question {
  readonly text: string;
  /** What stands below it in smaller print. */
  readonly detail: string | undefined;
  readonly buttons: readonly string[];
  /** What Escape answers, when that is not "nothing". */
  readonly onEscape: string | undefined;
}

/** Answers each warning of what `act` does with the button of that name, or with Escape. */
export const answering = async (
  answer: string | undefined,
  act: () => Promise<unknown>,
): Promise<readonly Question[]> => {
  const questions: Question[] = [];
  const title = (item: string | MessageItem): string => (typeof item === 'string' ? item : item.title);
  const show = async (
    text: string,
    options: MessageOptions | undefined,
    ...items: readonly (string | MessageItem)[]
  ) => {
    const onEscape = items.find((item) => typeof item !== 'string' && item.isCloseAffordance === true);
    questions.push({
      text,
      detail: options?.detail,
      buttons: items.map(title),
      onEscape: onEscape === undefined ? undefined : title(onEscape),
    });
    return answer === undefined ? onEscape : items.find((item) => title(item) === answer);
  };
  const showing = showingMessages(['showWarningMessage'], show);
  try {
    await act();
  } finally {
    showing.dispose();
  }
  return questions;
};

/** Ends what the tests have started, the daemon too. */
export const end = async (): Promise<void> => {
  connection?.dispose();
  connection = undefined;
  await stopDaemon({ kind: 'test' }, 'force');
  Object.assign(window, { showErrorMessage });
};

/** Closes every terminal and forgets every session. @throws when people were told of an error */
export const clean = async (): Promise<void> => {
  const errors = takeErrors();
  await poll(
    () => {
      // One that nobody sees is being asked for VS Code's environment, and ends by itself.
      const seen = window.terminals.filter((candidate) => !isHidden(candidate));
      for (const terminal of seen) {
        terminal.dispose();
      }
      return seen.length === 0;
    },
    {
      what: 'the terminals to close',
      state: () => window.terminals.map(({ name, exitStatus }) => ({ name, exitStatus })),
    },
  );
  for (const session of await sessions()) {
    await (await daemon()).call(SessionKill.type, { target: { text: session.id }, graceMs: 200 });
    await (await daemon()).call(SessionRemove.type, { target: { text: session.id }, force: true });
  }
  assert.deepEqual(errors, []);
};

export const configure = async (name: string, value: unknown): Promise<void> => {
  await workspace.getConfiguration().update(name, value, ConfigurationTarget.Global);
};

/** What the daemon says, past the extension. */
export const daemon = async (): Promise<Connection> => {
  connection ??= await Connection.open({ kind: 'test', start: 'never' });
  return connection;
};

export const sessions = async (): Promise<readonly SessionInfo[]> =>
  (await (await daemon()).call(SessionList.type, { all: true })).sessions;

export const session = async (name: string): Promise<SessionInfo> => {
  const found = (await sessions()).find((candidate) => candidate.name === name);
  assert.ok(found, `there is no session ${name}`);
  return found;
};

/** Runs a command of the extension, as a keybinding or another extension would. */
export const run = <T>(command: Command, ...args: readonly unknown[]): Promise<T> =>
  Promise.resolve(commands.executeCommand<T>(command, ...args));

export type CreateSession = (name: string, more?: Readonly<Record<string, unknown>>) => Promise<SessionInfo>;

/** "New Session" in a folder, with a name and what else its arguments may hold. */
export const creatorIn =
  (folder: string): CreateSession =>
  (name, more = {}) =>
    run<SessionInfo>(Command.NEW_SESSION, { name, cwd: folder, ...more });

/** The VS Code terminal of that name, once there is one. */
export const terminal = (name: string): Promise<Terminal> =>
  poll(() => window.terminals.find((candidate) => candidate.name === name), {
    what: `a terminal named ${name}`,
    state: () => window.terminals.map((candidate) => candidate.name),
  });

export const noTerminal = (name: string): Promise<boolean> =>
  poll(() => !window.terminals.some((candidate) => candidate.name === name), {
    what: `the terminal ${name} to close`,
    state: () => window.terminals.map((candidate) => candidate.name),
  });

/** Waits until the screen that the daemon keeps shows a text. */
export const screenShows = (target: string, pattern: RegExp): Promise<string> =>
  poll(
    async () => {
      const { lines } = await (await daemon()).call(TerminalSnapshot.type, { target: { text: target } });
      const text = lines.join('\n');
      return pattern.test(text) ? text : undefined;
    },
    { timeoutMs: 8_000, what: `${target} to show ${pattern}`, state: () => screen(target) },
  );

export const screen = async (target: string): Promise<readonly string[]> =>
  (await (await daemon()).call(TerminalSnapshot.type, { target: { text: target } })).lines.filter(
    (line) => line !== '',
  );

export const viewers = (name: string, count: number): Promise<SessionInfo> =>
  poll(
    async () => {
      const found = await session(name);
      return found.viewers === count ? found : undefined;
    },
    { what: `${name} to have ${count} viewers`, state: async () => (await session(name)).viewers },
  );

export const ended = (name: string): Promise<SessionInfo> =>
  poll(
    async () => {
      const found = await session(name);
      return found.state === 'exited' ? found : undefined;
    },
    { what: `${name} to end`, state: async () => (await session(name)).state },
  );

export const temporaryFolder = (): { readonly path: string; dispose(): void } => {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-editor-')));
  return { path, dispose: () => rmSync(path, { recursive: true, force: true }) };
};

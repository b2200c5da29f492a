import assert from 'node:assert/strict';
import { commands, window } from 'vscode';
import type { SessionInfo } from '../../daemon/client';
import { Command, View } from '../../extension/contributions';
import manifest from '../../package.json';
import { poll } from '../support/poll';
import { begin, clean, ended, run, sessions, temporaryFolder, viewers } from './harness';

/** What the view's keybindings pass. */
const FOCUSED: unknown = manifest.contributes.keybindings[0]?.args;

/** Rows are drawn anew at most twice a second, and what changes is told within a tenth. */
const CALM_MS = 700;

describe('keys in the view', () => {
  const folder = temporaryFolder();

  before(begin);
  afterEach(clean);
  after(() => folder.dispose());

  /** Runs a command as the view's keys do, through the window, which alone knows what has the focus. */
  const press = async (command: Command): Promise<void> => {
    await commands.executeCommand('runCommands', { commands: [{ command, args: [FOCUSED] }] });
  };
  /** The row that has the focus, by the command that does nothing to it. */
  const focused = async (): Promise<string | undefined> => {
    const told: string[] = [];
    const original = window.setStatusBarMessage;
    Object.assign(window, { setStatusBarMessage: (text: string) => told.push(text) });
    try {
      await press(Command.COPY_ATTACH_COMMAND);
    } finally {
      Object.assign(window, { setStatusBarMessage: original });
    }
    return told[0];
  };
  /** No row has the focus while VS Code takes rows away. */
  const focusReaches = (name: string): Promise<boolean> =>
    poll(async () => (await focused()) === `Copied: holdfast attach ${name}`, {
      what: `the focus to be on ${name}`,
      state: focused,
    });
  const names = async (): Promise<string> => (await sessions()).map(({ name }) => name).join();

  /** Sessions that have ended, in the order in which the view shows them, and the view with all of them. */
  const showEnded = async (...all: readonly string[]): Promise<void> => {
    for (const name of all) {
      const what = { name, cwd: folder.path, command: ['/bin/true'], attach: false };
      await run<SessionInfo>(Command.NEW_SESSION, what);
      await ended(name);
    }
    await showsLast(all.at(-1) ?? '');
    await isCalmAtFirst(all[0] ?? '');
  };

  /**
   * Leaves the focus on the first row, and waits until none is drawn anew any more: while VS Code does so, none has the
   * focus, and a key means none.
   */
  const isCalmAtFirst = async (name: string): Promise<void> => {
    let since: number | undefined;
    await poll(
      async () => {
        const isThere = (await focused()) === `Copied: holdfast attach ${name}`;
        if (!isThere) {
          await commands.executeCommand('list.focusFirst');
        }
        since = isThere ? (since ?? Date.now()) : undefined;
        return since !== undefined && Date.now() - since > CALM_MS;
      },
      { what: `the focus to stay on ${name}`, state: focused },
    );
  };

  /** Waits for the view, and leaves the focus on that row. */
  const showsLast = (name: string): Promise<boolean> =>
    poll(
      async () => {
        await commands.executeCommand(`${View.SESSIONS}.focus`);
        await commands.executeCommand('list.focusLast');
        return (await focused()) === `Copied: holdfast attach ${name}`;
      },
      { what: `the view to show ${name} last`, state: focused },
    );

  it('mean the focused row and leave the selection as it is', async () => {
    await showEnded('a', 'b', 'c');
    await commands.executeCommand('list.toggleSelection');
    await focusReaches('a');
    await commands.executeCommand('list.focusDown');
    await focusReaches('b');
    await press(Command.KILL_OR_REMOVE);
    assert.equal(await names(), 'a,c');
    await focusReaches('c');
    await press(Command.KILL_OR_REMOVE);
    assert.equal(await names(), 'a');
    // At the end, the one before.
    await focusReaches('a');
  });

  it('is one Delete, however often it is pressed before the focus has moved on', async () => {
    await showEnded('a', 'b', 'c');
    await Promise.all([1, 2, 3].map(() => press(Command.KILL_OR_REMOVE)));
    assert.equal(await names(), 'b,c');
  });

  it('mean all that are selected when the focused row is one of them', async () => {
    await showEnded('a', 'b', 'c');
    await commands.executeCommand('list.toggleSelection');
    await commands.executeCommand('list.focusLast');
    await commands.executeCommand('list.toggleSelection');
    await press(Command.KILL_OR_REMOVE);
    assert.equal(await names(), 'b');
  });

  it('reach and open a session whose program changes its title all the time', async () => {
    const spin = 'while :; do n=$((n+1)); printf "\\033]0;%s\\007" "$n"; sleep 0.03; done';
    await run(Command.NEW_SESSION, {
      name: 'busy',
      cwd: folder.path,
      command: ['sh', '-c', spin],
      attach: false,
    });
    await showsLast('busy');
    for (let times = 0; times < 5; times += 1) {
      // What a click and the space bar do: selects the row and runs its command.
      await commands.executeCommand('list.selectAndPreserveFocus');
      await viewers('busy', 1);
      await run(Command.DETACH, 'busy');
      await viewers('busy', 0);
    }
  });
});

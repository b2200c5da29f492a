import assert from 'node:assert/strict';
import { commands } from 'vscode';
import type { SessionInfo } from '../../daemon/client';
import { Command, View } from '../../extension/contributions';
import { poll } from '../support/poll';
import { begin, clean, ended, run, sessions, temporaryFolder, viewers } from './harness';

/** What the view's keybindings pass. */
const FOCUSED = { kind: 'focused' };

describe('keys in the view', () => {
  const folder = temporaryFolder();

  before(begin);
  afterEach(clean);
  after(() => folder.dispose());

  /** The row that has the focus, by the command that does nothing to it. */
  const focused = (): Promise<string | undefined> =>
    run<string | undefined>(Command.COPY_ATTACH_COMMAND, FOCUSED);
  const names = async (): Promise<string> => (await sessions()).map(({ name }) => name).join();

  /** Sessions that have ended, in the order in which the view shows them, and the view with all of them. */
  const showEnded = async (...all: readonly string[]): Promise<void> => {
    for (const name of all) {
      const what = { name, cwd: folder.path, command: ['/bin/true'], attach: false };
      await run<SessionInfo>(Command.NEW_SESSION, what);
      await ended(name);
    }
    await showsLast(all.at(-1) ?? '');
    await commands.executeCommand('list.focusFirst');
  };

  /** Waits for the view, and leaves the focus on that row. */
  const showsLast = (name: string): Promise<boolean> =>
    poll(
      async () => {
        await commands.executeCommand(`${View.SESSIONS}.focus`);
        await commands.executeCommand('list.focusLast');
        return (await focused()) === `holdfast attach ${name}`;
      },
      { what: `the view to show ${name} last`, state: focused },
    );

  it('mean the focused row and leave the selection as it is', async () => {
    await showEnded('a', 'b', 'c');
    await commands.executeCommand('list.toggleSelection');
    assert.equal(await focused(), 'holdfast attach a');
    await commands.executeCommand('list.focusDown');
    assert.equal(await focused(), 'holdfast attach b');
    await run(Command.KILL_OR_REMOVE, FOCUSED);
    assert.equal(await names(), 'a,c');
  });

  it('mean all that are selected when the focused row is one of them', async () => {
    await showEnded('a', 'b', 'c');
    await commands.executeCommand('list.toggleSelection');
    await commands.executeCommand('list.focusLast');
    await commands.executeCommand('list.toggleSelection');
    await run(Command.KILL_OR_REMOVE, FOCUSED);
    assert.equal(await names(), 'b');
  });

  it('open a session that is drawn anew all the time, because its program changes its title', async () => {
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

  it('mean nothing, and ask nothing, when no row has the focus', async () => {
    await showEnded('a');
    // The first takes the selection away, the second the focus.
    await commands.executeCommand('list.clear');
    await commands.executeCommand('list.clear');
    await run(Command.KILL_OR_REMOVE, FOCUSED);
    assert.equal(await focused(), undefined);
    assert.equal(await names(), 'a');
  });
});

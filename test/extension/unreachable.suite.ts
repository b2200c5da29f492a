import assert from 'node:assert/strict';
import { type StatusBarItem, window } from 'vscode';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { Command } from '../../extension/contributions';
import { poll } from '../support/poll';
import {
  begin,
  clean,
  creatorIn,
  daemon,
  noTerminal,
  run,
  screenShows,
  session,
  sessions,
  takeErrors,
  temporaryFolder,
  terminal,
  viewers,
} from './harness';

/** What the status bar tells of a PTY host that does not answer, where it is made from now on: of sizes it tells too. */
const watchStatusBar = (): { readonly shown: () => readonly string[]; dispose(): void } => {
  const items = new Set<StatusBarItem>();
  const original = window.createStatusBarItem;
  const create = (...args: Parameters<typeof original>): StatusBarItem => {
    const item = original(...args);
    items.add(item);
    const { dispose } = item;
    item.dispose = () => {
      items.delete(item);
      dispose.call(item);
    };
    return item;
  };
  Object.assign(window, { createStatusBarItem: create });
  return {
    shown: () => [...items].map(({ text }) => text).filter((text) => text.includes('does not answer')),
    dispose: () => void Object.assign(window, { createStatusBarItem: original }),
  };
};

describe('a session that is unreachable', () => {
  const folder = temporaryFolder();

  before(begin);
  afterEach(clean);
  after(() => folder.dispose());

  it('says so in its tab and to every command, loses nothing, and goes on', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const statusBar = watchStatusBar();
    await creatorIn(folder.path)('hung', { command: ['/bin/cat'] });
    await creatorIn(folder.path)('unwanted', { command: ['/bin/cat'] });
    await viewers('unwanted', 1);
    const tab = await terminal('hung');
    tab.show();
    await viewers('hung', 1);
    const { ptyHostPid } = await (await daemon()).call(DaemonStatus.type, {});
    assert.ok(ptyHostPid);
    process.kill(ptyHostPid, 'SIGSTOP');
    try {
      await poll(() => statusBar.shown().length > 0, {
        timeoutMs: 30_000,
        what: 'the status bar to tell',
        state: async () => (await session('hung')).state,
      });
      assert.equal((await session('hung')).state, 'unreachable');
      for (const command of [Command.RESTART, Command.SPAWN_TERMINAL]) {
        await run(command, 'hung');
        assert.match(takeErrors().join(), /does not answer.*Wait|wait and try again/i, command);
      }
      await run(Command.REMOVE, 'unwanted');
      assert.deepEqual(takeErrors(), []);
      await noTerminal('unwanted');
      assert.deepEqual(
        (await sessions()).map(({ name }) => name),
        ['hung'],
      );
      tab.sendText('typed meanwhile');
    } finally {
      statusBar.dispose();
      process.kill(ptyHostPid, 'SIGCONT');
    }
    await poll(async () => (await session('hung')).state === 'running', {
      what: 'the session to be back',
      state: () => session('hung'),
    });
    await screenShows('hung', /typed meanwhile/);
    await poll(() => statusBar.shown().length === 0, {
      what: 'the status bar to tell no more',
      state: statusBar.shown,
    });
    await run(Command.DETACH, 'hung');
    await noTerminal('hung');
    assert.equal((await session('hung')).state, 'running');
  });
});

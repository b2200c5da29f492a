import assert from 'node:assert/strict';
import { type QuickPickItem, type StatusBarItem, window } from 'vscode';
import type { SessionInfo } from '../../daemon/client';
import { Emitter } from '../../daemon/lifecycle/event';
import { TerminalType } from '../../daemon/protocol/terminals';
import { StatusItem } from '../../extension/attention/statusItem';
import { Command } from '../../extension/contributions';
import type { DaemonLink } from '../../extension/daemonLink';
import { sampleSession } from '../../extension/tree/testing/sampleSessions';
import { poll } from '../support/poll';
import {
  begin,
  clean,
  configure,
  creatorIn,
  daemon,
  run,
  session,
  temporaryFolder,
  terminal,
  viewers,
} from './harness';

describe('the status bar', () => {
  const folder = temporaryFolder();

  before(begin);
  afterEach(async () => {
    await configure('holdfast.attention.bell', undefined);
    await clean();
  });
  after(() => folder.dispose());

  const create = creatorIn(folder.path);

  it('a click lists the sessions, those that want a look first, and shows the chosen one', async () => {
    await create('aaa', { attach: false });
    await create('zzz', { attach: false });
    const target = { text: 'zzz' };
    await (await daemon()).call(TerminalType.type, { target, text: "printf '\\a'", enter: true });
    await poll(async () => (await session('zzz')).terminals[0]?.attention?.length === 1, {
      what: 'the bell to be heard',
    });
    const { showQuickPick } = window;
    let offered: readonly QuickPickItem[] = [];
    Object.assign(window, {
      showQuickPick: async (items: readonly QuickPickItem[]) => {
        offered = items;
        return items[0];
      },
    });
    try {
      await run(Command.SHOW_SESSIONS);
    } finally {
      Object.assign(window, { showQuickPick });
    }
    assert.deepEqual(
      offered.map(({ label }) => label),
      ['zzz', 'aaa'],
    );
    assert.match(offered[0]?.description ?? '', /^bell · detached · /);
    await terminal('zzz');
    await viewers('zzz', 1);
  });

  it('counts the sessions that live and those that want a look, and has nothing where there is none', () => {
    const changed = new Emitter<void>();
    let all: readonly SessionInfo[] = [];
    const link = { all: () => all, onDidChangeSessions: changed.event } as unknown as DaemonLink;
    const original = window.createStatusBarItem;
    let isShown = false;
    let made: readonly unknown[] = [];
    const item = {
      show: () => {
        isShown = true;
      },
      hide: () => {
        isShown = false;
      },
      dispose: () => undefined,
    } as unknown as StatusBarItem;
    Object.assign(window, {
      createStatusBarItem: (...how: readonly unknown[]) => {
        made = how;
        return item;
      },
    });
    const status = new StatusItem(link);
    Object.assign(window, { createStatusBarItem: original });
    const showing = (...sessions: readonly SessionInfo[]): unknown => {
      all = sessions;
      changed.fire();
      return isShown ? [item.text, item.accessibilityInformation?.label] : undefined;
    };

    // By these, VS Code's own menu of the status bar lets people hide it.
    assert.deepEqual([made[0], item.name], ['holdfast.sessions', 'Holdfast: Sessions']);
    assert.equal(showing(), undefined);
    assert.deepEqual(showing(sampleSession()), ['$(pinned) 1', 'Holdfast, 1 session']);
    const ended = { state: 'exited' } as const;
    const over = sampleSession(ended, ended);
    assert.deepEqual(showing(sampleSession(), sampleSession(), over), [
      '$(pinned) 2',
      'Holdfast, 2 sessions',
    ]);
    assert.equal(showing(over), undefined);
    const failed = sampleSession(
      { ...ended, name: 'tests' },
      { ...ended, attention: [{ reason: 'failed', since: 0, exitCode: 1 }] },
    );
    assert.deepEqual(showing(failed), [
      '$(pinned) 0 $(bell-dot) 1',
      'Holdfast, 0 sessions. 1 session wants attention: tests (failed)',
    ]);
    assert.equal(item.tooltip, 'Holdfast: 0 sessions\n1 session wants attention: tests (failed)');
    status.dispose();
  });
});

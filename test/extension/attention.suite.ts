import assert from 'node:assert/strict';
import { ThemeIcon, type TreeItem, type TreeView, window } from 'vscode';
import type { SessionInfo } from '../../daemon/client';
import { Emitter } from '../../daemon/lifecycle/event';
import type { SessionId, TerminalId } from '../../daemon/protocol/ids';
import type { Attention } from '../../daemon/protocol/model';
import { TerminalType } from '../../daemon/protocol/terminals';
import { AttentionBadge } from '../../extension/attention/attentionBadge';
import { AttentionNotices } from '../../extension/attention/attentionNotices';
import { withSessionAttention } from '../../extension/attention/attentionRow';
import { Command } from '../../extension/contributions';
import type { DaemonLink } from '../../extension/daemonLink';
import type { Services } from '../../extension/services';
import { sampleSession } from '../../extension/tree/testing/sampleSessions';
import { sessionItem } from '../../extension/tree/treeItems';
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

interface Notification {
  readonly text: string;
  readonly buttons: readonly string[];
}

const NEVER = 'Don’t Show for This Session';
/** Longer than notifications are held back where nothing more comes. */
const HELD_MS = 30_000;
const SETTINGS = ['bell', 'command', 'failure', 'input', 'password', 'longCommand'] as const;

describe('what wants somebody to look', () => {
  const folder = temporaryFolder();
  const originals = {
    showInformationMessage: window.showInformationMessage,
    showWarningMessage: window.showWarningMessage,
  };
  let notifications: Notification[] = [];
  let answer: string | undefined;

  before(async () => {
    await begin();
    const show = async (text: string, ...buttons: readonly string[]): Promise<string | undefined> => {
      notifications.push({ text, buttons });
      return answer;
    };
    Object.assign(window, { showInformationMessage: show, showWarningMessage: show });
  });
  afterEach(async () => {
    for (const name of SETTINGS) {
      await configure(`holdfast.attention.${name}`, undefined);
    }
    await clean();
    notifications = [];
    answer = undefined;
  });
  after(() => {
    Object.assign(window, originals);
    folder.dispose();
  });

  const create = creatorIn(folder.path);
  const type = async (name: string, text: string): Promise<void> => {
    await (await daemon()).call(TerminalType.type, { target: { text: name }, text, enter: true });
  };
  const ring = (name: string): Promise<void> => type(name, "printf '\\a'");
  const pending = async (name: string): Promise<string> =>
    ((await session(name)).terminals[0]?.attention ?? []).map(({ reason }) => reason).join();
  const isPending = (name: string, wanted: string): Promise<boolean> =>
    poll(async () => (await pending(name)) === wanted, {
      what: `${name} to want a look for "${wanted}"`,
      state: () => pending(name),
    });
  const notified = (count: number): Promise<boolean> =>
    poll(() => notifications.length === count, {
      what: `${count} notifications`,
      state: () => notifications,
    });
  const texts = (): readonly string[] => notifications.map(({ text }) => text);

  it('is notified of once where nobody looks; "Attach" shows it, and then it has been seen', async () => {
    await create('alone', { attach: false });
    await ring('alone');
    await notified(1);
    assert.deepEqual(notifications, [{ text: 'alone rang the bell.', buttons: ['Attach', NEVER] }]);
    await ring('alone');
    await create('other', { attach: false });
    answer = 'Attach';
    await ring('other');
    await notified(2);
    assert.deepEqual(texts(), ['alone rang the bell.', 'other rang the bell.']);
    await terminal('other');
    await viewers('other', 1);
    await isPending('other', '');
    assert.equal(await pending('alone'), 'bell');
  });

  it('is one notification where many want it at once', async () => {
    const names = [1, 2, 3, 4, 5].map((number) => `bell-${number}`);
    // Told by none of them alone. One setting only: two are not changed at the same moment.
    await configure('holdfast.attention.bell', 'show');
    for (const name of names) {
      await create(name, { attach: false });
      await ring(name);
      await isPending(name, 'bell');
    }
    answer = 'Show Sessions';
    await configure('holdfast.attention.bell', undefined);
    // Whatever changes has all of them looked at.
    await create('last', { attach: false });
    await notified(1);
    assert.deepEqual(notifications, [{ text: '5 sessions want attention.', buttons: ['Show Sessions'] }]);
  });

  it('is one notification for all that comes behind three others, of what still wants it then', async () => {
    const changed = new Emitter<void>();
    let all: readonly SessionInfo[] = [];
    const claimed: string[] = [];
    const link = {
      all: () => all,
      state: 'connected',
      onDidChangeSessions: changed.event,
      onDidConnect: new Emitter<void>().event,
      call: async (_type: unknown, { session: claim }: { readonly session: string }) => {
        claimed.push(claim);
        return { granted: true };
      },
    } as unknown as DaemonLink;
    const services = { link, page: { answered: Promise.resolve() } } as unknown as Services;
    const focused: { mayBeLookedAt: TerminalId | undefined } = { mayBeLookedAt: undefined };
    const view = { badge: undefined } as TreeView<unknown>;
    const notices = new AttentionNotices(services, focused);
    const badge = new AttentionBadge(link, view);
    const rings = async (name: string): Promise<void> => {
      const change = { id: name as SessionId, name, quiet: false };
      const attention = [{ reason: 'bell', since: 0 }] as const;
      all = [...all, sampleSession(change, { id: `${name}-main` as TerminalId, attention })];
      changed.fire();
      await poll(() => claimed.includes(name), { what: `${name} to be claimed` });
    };
    for (const name of ['1', '2', '3', '4', '5', 'seen', 'focused']) {
      await rings(name);
    }
    assert.deepEqual(texts(), ['1 rang the bell.', '2 rang the bell.', '3 rang the bell.']);
    assert.equal(view.badge?.value, 7);
    focused.mayBeLookedAt = 'focused-main' as TerminalId;
    all = all.filter(({ name }) => name !== 'seen');
    changed.fire();
    await poll(() => notifications.length > 3, { timeoutMs: HELD_MS, what: 'the rest to be told' });
    assert.deepEqual(notifications.slice(3), [
      { text: '2 sessions want attention.', buttons: ['Show Sessions'] },
    ]);
    assert.deepEqual([claimed.length, view.badge?.value], [7, 6]);
    notices.dispose();
    badge.dispose();
  });

  it('is not told for a session that is to be quiet, until its notifications are shown again', async () => {
    await create('quiet', { attach: false });
    answer = NEVER;
    await ring('quiet');
    await poll(async () => (await session('quiet')).quiet === true, { what: 'the session to be quiet' });
    answer = undefined;
    await type('quiet', 'read answer');
    await isPending('quiet', 'bell,input');
    // Told last, of another session: what the quiet one had to tell would have come before.
    await create('loud', { attach: false });
    await ring('loud');
    await notified(2);
    assert.deepEqual(texts(), ['quiet rang the bell.', 'loud rang the bell.']);
    await run(Command.SHOW_NOTIFICATIONS, 'quiet');
    assert.equal((await session('quiet')).quiet, false);
    await notified(3);
    assert.equal(texts()[2], 'quiet waits for input.');
  });

  it('is nothing that happens in the terminal in focus', async () => {
    await create('focused');
    await viewers('focused', 1);
    (await terminal('focused')).show();
    await poll(() => window.state.focused && window.activeTerminal?.name === 'focused', {
      what: 'the terminal to have the focus',
    });
    await ring('focused');
    await create('beside', { attach: false });
    await ring('beside');
    await notified(1);
    assert.deepEqual(texts(), ['beside rang the bell.']);
    assert.equal(await pending('focused'), '');
  });

  it('is told in words that fit: a password, a failure, a command and its time', async () => {
    await configure('holdfast.shell.args', []);
    await configure('holdfast.attention.longCommand', 1);
    await create('secret', { attach: false });
    await type('secret', 'read -s');
    await notified(1);
    await create('failing', { attach: false });
    await type('failing', 'exit 3');
    await notified(2);
    await create('building', { attach: false });
    await poll(async () => (await session('building')).terminals[0]?.integration === 'active', {
      what: 'the shell integration',
    });
    await type('building', 'sleep 2; (exit 4)');
    await notified(3);
    const [password, failure, command] = texts();
    assert.equal(password, 'secret waits for a password.');
    assert.equal(failure, 'failing failed: its program ended with code 3.');
    assert.match(command ?? '', /^building: command failed with code 4 after \d s: sleep 2; \(exit 4\)$/);
    await configure('holdfast.shell.args', ['--noprofile', '--norc']);
  });

  it('is shown without a notification, or not at all, where the user has set it so', async () => {
    await configure('holdfast.attention.bell', 'show');
    await configure('holdfast.attention.input', 'off');
    await create('calm', { attach: false });
    await ring('calm');
    await type('calm', 'read answer');
    await isPending('calm', 'bell,input');
    await create('asking', { attach: false });
    await type('asking', 'read -s');
    await notified(1);
    assert.deepEqual(texts(), ['asking waits for a password.']);
    const [words] = told(rowOf(await session('calm')));
    assert.equal(words, 'bell-dot');
  });

  const rowOf = (info: SessionInfo): TreeItem =>
    withSessionAttention(
      sessionItem({ kind: 'session', session: info.id }, info, () => false, 0),
      info,
    );
  const told = ({ iconPath, description, accessibilityInformation }: TreeItem): readonly unknown[] => [
    iconPath instanceof ThemeIcon ? iconPath.id : iconPath,
    description,
    accessibilityInformation?.label,
  ];
  const since = 0;
  const ROWS: readonly (readonly [attention: readonly Attention[], icon: string, words: string])[] = [
    [[{ reason: 'bell', since }], 'bell-dot', 'bell'],
    [[{ reason: 'input', since }], 'question', 'waits for input'],
    [[{ reason: 'password', since }], 'key', 'waits for a password'],
    [[{ reason: 'failed', since, exitCode: 2 }], 'error', 'failed'],
    [
      [{ reason: 'command-finished', since, durationMs: 20_000, exitCode: 0 }],
      'checklist',
      'command finished',
    ],
    [
      [
        { reason: 'bell', since },
        { reason: 'command-finished', since, durationMs: 20_000, exitCode: 2 },
        { reason: 'input', since },
      ],
      'question',
      'waits for input, command failed with code 2, bell',
    ],
  ];
  for (const [attention, icon, words] of ROWS) {
    it(`says on the row, with an icon and in words: ${words}`, () => {
      assert.deepEqual(told(rowOf(sampleSession({}, { attention }))), [
        icon,
        `${words} · detached · /srv/project`,
        `${words}, web, running, detached, folder /srv/project`,
      ]);
    });
  }

  it('says nothing on the row of a command that was shorter than the user minds', () => {
    const attention = [{ reason: 'command-finished', since, durationMs: 9_999, exitCode: 0 }] as const;
    assert.equal(told(rowOf(sampleSession({}, { attention })))[0], 'terminal');
  });

  it('is counted in the badge of the view, whose tooltip names the sessions', async () => {
    const changed = new Emitter<void>();
    let all: readonly SessionInfo[] = [];
    const link = { all: () => all, onDidChangeSessions: changed.event } as unknown as DaemonLink;
    const view = { badge: undefined } as TreeView<unknown>;
    const badge = new AttentionBadge(link, view);
    all = [sampleSession(), sampleSession({ name: 'a' }, { attention: [{ reason: 'password', since }] })];
    changed.fire();
    assert.deepEqual(view.badge, {
      value: 1,
      tooltip: '1 session wants attention: a (waits for a password)',
    });
    all = [...all, sampleSession({ name: 'b' }, { attention: [{ reason: 'bell', since }] })];
    changed.fire();
    assert.deepEqual(view.badge, {
      value: 2,
      tooltip: '2 sessions want attention: a (waits for a password); b (bell)',
    });
    await configure('holdfast.attention.bell', 'off');
    await poll(() => view.badge?.value === 1, { what: 'the bell not to be counted' });
    all = [];
    changed.fire();
    assert.equal(view.badge, undefined);
    badge.dispose();
  });
});

import assert from 'node:assert/strict';
import { ThemeColor, ThemeIcon, window } from 'vscode';
import type { SessionInfo } from '../../daemon/client';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { SessionSet } from '../../daemon/protocol/sessions';
import { Command } from '../../extension/contributions';
import { sessionItem } from '../../extension/tree/treeItems';
import { poll } from '../support/poll';
import {
  begin,
  clean,
  creatorIn,
  daemon,
  run,
  screen,
  screenShows,
  session,
  temporaryFolder,
  terminal,
  viewers,
} from './harness';
import { showingMessages } from './messages';

interface Offer {
  readonly text: string;
  readonly buttons: readonly string[];
}

/** What people are asked from now on; each is answered with the first button that matches. */
const watchOffers = (answer: RegExp | undefined): { readonly made: readonly Offer[]; dispose(): void } => {
  const made: Offer[] = [];
  const show = async (text: string, ...buttons: readonly string[]): Promise<string | undefined> => {
    made.push({ text, buttons });
    return answer === undefined ? undefined : buttons.find((button) => answer.test(button));
  };
  const showing = showingMessages(['showInformationMessage'], show);
  return { made, dispose: () => showing.dispose() };
};

describe('a session that was lost', () => {
  const folder = temporaryFolder();

  before(begin);
  afterEach(clean);
  after(() => folder.dispose());

  const create = creatorIn(folder.path);
  const becomes = (name: string, state: SessionInfo['state'], loss: SessionInfo['loss']): Promise<true> =>
    poll(
      async () => {
        const now = await session(name);
        return now.state === state && now.loss === loss ? true : undefined;
      },
      { what: `${name} to be ${state}`, state: () => session(name) },
    );
  const killHost = async (): Promise<void> => {
    const { ptyHostPid } = await (await daemon()).call(DaemonStatus.type, {});
    process.kill(ptyHostPid ?? assert.fail('there is no PTY host'), 'SIGKILL');
  };

  it('is offered once, all of them in one question, and comes back in its tab', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    await create('first');
    await create('second', { attach: false, command: ['/bin/sh', '-c', 'echo words; exec cat'] });
    await create('third', { attach: false, command: ['/bin/cat'] });
    await (await daemon()).call(SessionSet.type, { target: { text: 'third' }, resurrect: 'never' });
    const tab = await terminal('first');
    await viewers('first', 1);
    await screenShows('second', /words/);
    const offers = watchOffers(/^Resurrect/);
    try {
      await killHost();
      await poll(() => offers.made.length > 0, { what: 'the offer', state: () => session('first') });
      await becomes('first', 'running', null);
      await becomes('second', 'running', null);
    } finally {
      offers.dispose();
    }
    assert.deepEqual(
      offers.made.map(({ buttons }) => buttons),
      [['Resurrect 2 Sessions', 'Choose…', 'Not Now']],
    );
    assert.match(offers.made[0]?.text ?? '', /^2 sessions were lost/);
    await viewers('first', 1);
    assert.ok(window.terminals.includes(tab), 'the same tab');
    assert.match(
      (await screen('second')).join('\n'),
      /^words\n--- resurrected .*\n--- 'holdfast restart second'/,
    );
    assert.equal((await session('third')).state, 'lost');
  });

  it('is not offered again once somebody has said no, and comes back by the command', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    await create('asked', { command: ['/bin/sh', '-c', 'echo "ran in $PWD"; exec cat'] });
    const tab = await terminal('asked');
    await viewers('asked', 1);
    await screenShows('asked', /ran in/);
    const offers = watchOffers(undefined);
    try {
      await killHost();
      await becomes('asked', 'lost', 'answered');
      const running = await run<readonly SessionInfo[]>(Command.RESURRECT, 'asked', undefined, 'program');
      assert.deepEqual(
        running.map(({ name, state }) => [name, state]),
        [['asked', 'running']],
      );
    } finally {
      offers.dispose();
    }
    assert.equal(offers.made.length, 1);
    assert.match(offers.made[0]?.text ?? '', /^The session asked was lost/);
    await screenShows('asked', /ran in .*\n+--- resurrected .*\nran in /);
    await viewers('asked', 1);
    assert.ok(window.terminals.includes(tab), 'the same tab');
  });

  it('keeps its icon and its colour, in the view and in its tab', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const look = { icon: 'rocket', color: 'terminal.ansiMagenta' };
    const { id } = await create('painted', { command: ['/bin/cat'] });
    await (await daemon()).call(SessionSet.type, { target: { text: 'painted' }, ...look });
    await viewers('painted', 1);
    const offers = watchOffers(/^Resurrect/);
    try {
      await killHost();
      await poll(() => offers.made.length > 0, { what: 'the offer', state: () => session('painted') });
      await becomes('painted', 'running', null);
    } finally {
      offers.dispose();
    }
    const now = await session('painted');
    assert.deepEqual([now.id, now.icon, now.color], [id, look.icon, look.color]);
    const row = sessionItem({ kind: 'session', session: id }, now, () => false, Date.now());
    assert.deepEqual(row.iconPath, new ThemeIcon(look.icon, new ThemeColor(look.color)));
    await run(Command.DETACH, 'painted');
    await run(Command.ATTACH, 'painted');
    await viewers('painted', 1);
    const { creationOptions } = await terminal('painted');
    assert.ok('pty' in creationOptions);
    assert.deepEqual(
      [creationOptions.iconPath, creationOptions.color],
      [new ThemeIcon(look.icon), new ThemeColor(look.color)],
    );
  });
});

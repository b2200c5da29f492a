import assert from 'node:assert/strict';
import { commands, window } from 'vscode';
import { Command, PROFILE_TITLE } from '../../extension/contributions';
import { poll } from '../support/poll';
import {
  begin,
  clean,
  configure,
  creatorIn,
  ended,
  noTerminal,
  run,
  screen,
  screenShows,
  session,
  sessions,
  temporaryFolder,
  terminal,
  viewers,
} from './harness';
import { showingMessages } from './messages';

const KILL_ACTIVE = 'workbench.action.terminal.kill';

describe('terminals of sessions', () => {
  const folder = temporaryFolder();

  before(begin);
  afterEach(clean);
  after(() => folder.dispose());

  const create = creatorIn(folder.path);

  /** Closes a terminal as its trash icon does. */
  const closeByUser = async (name: string): Promise<void> => {
    (await terminal(name)).show();
    await poll(() => window.activeTerminal?.name === name, { what: `${name} to be in front` });
    await commands.executeCommand(KILL_ACTIVE);
    await noTerminal(name);
  };

  it('the close button detaches: the program goes on, which is said the first time only', async () => {
    const told: string[] = [];
    const tell = async (text: string, ...buttons: readonly string[]): Promise<undefined> => {
      told.push([text, ...buttons].join(' | '));
    };
    const showing = showingMessages(['showInformationMessage'], tell);
    try {
      for (const name of ['closed', 'closed-too']) {
        await create(name);
        await viewers(name, 1);
        await closeByUser(name);
        await viewers(name, 0);
        assert.equal((await session(name)).state, 'running');
      }
    } finally {
      showing.dispose();
    }
    assert.deepEqual(told, [
      'closed keeps running. Find it in the Holdfast view, and attach it again from there. | Show Sessions',
    ]);
  });

  it('the close button kills where the user has set it so', async () => {
    await configure('holdfast.onTerminalClose', 'kill');
    try {
      await create('gone');
      await viewers('gone', 1);
      await closeByUser('gone');
      await ended('gone');
    } finally {
      await configure('holdfast.onTerminalClose', undefined);
    }
  });

  it('is attached in the editor area, also where the panel showed it, and once', async () => {
    await create('moved');
    await viewers('moved', 1);
    const column = (): number | undefined =>
      window.tabGroups.all.find(({ tabs }) => tabs.some(({ label }) => label === 'moved'))?.viewColumn;
    assert.equal(column(), undefined, 'in the panel');
    await run(Command.ATTACH_IN_EDITOR, 'moved');
    await poll(() => column() === 1, { what: 'a tab in the first group', state: column });
    await viewers('moved', 1);
    await run(Command.ATTACH_IN_EDITOR, 'moved');
    assert.deepEqual([column(), (await session('moved')).viewers], [1, 1]);
    await run(Command.ATTACH_IN_EDITOR, 'moved', undefined, 2);
    await poll(() => column() === 2, { what: 'a tab in the second group', state: column });
    await viewers('moved', 1);
    assert.equal((await session('moved')).state, 'running');
  });

  it('is attached anew in the same moment in which it was detached', async () => {
    await create('back');
    await run(Command.SPLIT_TERMINAL, 'back');
    const tabs = () => window.terminals.filter(({ name }) => name.startsWith('back'));
    await viewers('back', 2);
    const { terminals } = await session('back');
    const first = tabs();
    assert.equal(first.length, 2);
    assert.equal(await run(Command.DETACH, 'back'), 2);
    await run(Command.ATTACH, 'back');
    await viewers('back', 1);
    const [second, ...more] = tabs();
    assert.deepEqual([more.length, second !== undefined && first.includes(second)], [0, false]);
    await run(Command.ATTACH_ALL, 'back');
    await viewers('back', 2);
    assert.equal(await run(Command.DETACH, 'back'), 2);
    await run(Command.ATTACH_ALL, 'back');
    await viewers('back', 2);
    assert.equal(tabs().length, 2);
    assert.deepEqual(
      (await session('back')).terminals.map(({ pid }) => pid),
      terminals.map(({ pid }) => pid),
    );
  });

  it('the profile can be the default: every new terminal is a session', async () => {
    await configure('terminal.integrated.defaultProfile.linux', PROFILE_TITLE);
    try {
      void commands.executeCommand('workbench.action.terminal.new');
      await poll(async () => (await sessions()).length === 1, { what: 'a session' });
      void commands.executeCommand('workbench.action.terminal.new');
      const both = await poll(
        async () => {
          const all = await sessions();
          return all.length === 2 ? all : undefined;
        },
        { what: 'a second session' },
      );
      assert.equal(new Set(both.map(({ name }) => name)).size, 2, 'numbered by the folder');
      await poll(() => both.every(({ name }) => window.terminals.some((tab) => tab.name === name)), {
        what: 'both terminals',
      });
      const [first] = both;
      assert.ok(first);
      (await terminal(first.name)).sendText('echo from=$HOLDFAST_TERMINAL');
      await screenShows(first.name, /^from=\w+$/m);
    } finally {
      await configure('terminal.integrated.defaultProfile.linux', undefined);
    }
  });

  it('stays responsive while a program floods: Ctrl-C acts at once', async () => {
    await create('flood');
    const tab = await terminal('flood');
    tab.sendText('yes flooding the terminal with many words');
    await screenShows('flood', /flooding[\s\S]*flooding[\s\S]*flooding/);
    const from = Date.now();
    tab.sendText('\x03', false);
    tab.sendText('echo calm=$((1+1))');
    await screenShows('flood', /^calm=2$/m);
    assert.ok(Date.now() - from < 5000, `Ctrl-C took ${Date.now() - from} ms`);
  });

  it('shows the size of the viewer that was active last', async () => {
    await create('sized');
    const tab = await terminal('sized');
    await viewers('sized', 1);
    const said = async (): Promise<string | undefined> =>
      (await screen('sized')).findLast((line) => /^\d+ \d+$/.test(line));
    const known = async (): Promise<string> => {
      const [info] = (await session('sized')).terminals;
      return `${info?.rows} ${info?.cols}`;
    };
    // VS Code may still be laying out the panel: the program and the daemon agree once it has its place.
    await poll(
      async () => {
        tab.sendText('stty size');
        return (await said()) === (await known());
      },
      {
        intervalMs: 500,
        what: 'the size the daemon knows',
        state: async () => [await said(), await known()],
      },
    );
  });
});

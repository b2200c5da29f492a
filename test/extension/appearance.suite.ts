import assert from 'node:assert/strict';
import {
  type ExtensionTerminalOptions,
  type QuickPick,
  type QuickPickItem,
  ThemeColor,
  ThemeIcon,
  window,
} from 'vscode';
import type { SessionInfo } from '../../daemon/client';
import { SessionSet } from '../../daemon/protocol/sessions';
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
  takeErrors,
  temporaryFolder,
  terminal,
  viewers,
} from './harness';

interface Look {
  readonly icon: string | undefined;
  readonly color: string | undefined;
}

describe('the icon and the colour of a session', () => {
  const folder = temporaryFolder();
  const create = creatorIn(folder.path);

  before(begin);
  afterEach(clean);
  after(() => folder.dispose());

  const kept = async (name: string): Promise<readonly unknown[]> => {
    const { icon, color } = await session(name);
    return [icon, color];
  };

  /** What VS Code was told for the tab of that name. */
  const tabOf = async (name: string): Promise<Look> => {
    const { iconPath, color } = (await terminal(name)).creationOptions as ExtensionTerminalOptions;
    return {
      icon: iconPath instanceof ThemeIcon ? iconPath.id : undefined,
      color: color instanceof ThemeColor ? (color as { readonly id?: string }).id : undefined,
    };
  };
  const tabLooks = (name: string, icon: string, color: string | undefined): Promise<boolean> =>
    poll(
      async () => {
        const look = await tabOf(name);
        return look.icon === icon && look.color === color;
      },
      { what: `the tab of ${name} to have ${icon} in ${color}`, state: () => tabOf(name) },
    );

  it('are the ones that a command is told, in the daemon and in its tab, and go with an empty one', async () => {
    await create('looks');
    await tabLooks('looks', 'pinned', undefined);
    await run(Command.CHANGE_ICON, 'looks', undefined, 'rocket');
    await run(Command.CHANGE_COLOR, 'looks', undefined, 'terminal.ansiRed');
    assert.deepEqual(await kept('looks'), ['rocket', 'terminal.ansiRed']);
    await tabLooks('looks', 'rocket', 'terminal.ansiRed');
    await run(Command.CHANGE_ICON, 'looks', undefined, '');
    await run(Command.CHANGE_COLOR, 'looks', undefined, '');
    assert.deepEqual(await kept('looks'), [null, null]);
    await tabLooks('looks', 'pinned', undefined);
  });

  it('change in a tab that is open without its program noticing', async () => {
    const { terminals } = await create('looks');
    await viewers('looks', 1);
    (await terminal('looks')).sendText('echo be"fore"');
    await screenShows('looks', /^before/m);
    await run(Command.CHANGE_ICON, 'looks', undefined, 'rocket');
    await tabLooks('looks', 'rocket', undefined);
    await viewers('looks', 1);
    assert.equal((await session('looks')).terminals[0]?.pid, terminals[0]?.pid);
    assert.equal(window.terminals.filter(({ name }) => name === 'looks').length, 1);
    assert.equal(window.activeTerminal?.name, 'looks');
  });

  it('are those of the session wherever it is shown next, whoever chose them', async () => {
    await create('looks', { icon: 'server', color: 'terminal.ansiCyan', attach: false });
    await run(Command.ATTACH, 'looks');
    await tabLooks('looks', 'server', 'terminal.ansiCyan');
    await (await daemon()).call(SessionSet.type, { target: { text: 'looks' }, icon: 'database' });
    await run(Command.DETACH, 'looks');
    await noTerminal('looks');
    await run(Command.ATTACH, 'looks');
    await tabLooks('looks', 'database', 'terminal.ansiCyan');
  });

  it('go along with a duplicate', async () => {
    await create('looks', { icon: 'server', color: 'terminal.ansiCyan', attach: false });
    const copy = await run<SessionInfo>(Command.DUPLICATE, 'looks');
    assert.deepEqual(await kept(copy.name), ['server', 'terminal.ansiCyan']);
    await tabLooks(copy.name, 'server', 'terminal.ansiCyan');
  });

  it('are refused with a way out where VS Code would not know them', async () => {
    await create('looks', { attach: false });
    await run(Command.CHANGE_ICON, 'looks', undefined, 'Rocket');
    await run(Command.CHANGE_COLOR, 'looks', undefined, 'red');
    const [icon, color] = takeErrors();
    assert.match(icon ?? '', /no icon.*'rocket'/s);
    assert.match(color ?? '', /no colour.*terminal\.ansiRed/s);
    assert.deepEqual(await kept('looks'), [null, null]);
  });

  it('are offered in a list with icons to see, and stay where nothing of it is chosen', async () => {
    await create('looks', { attach: false });
    const picks: QuickPick<QuickPickItem>[] = [];
    const { createQuickPick } = window;
    Object.assign(window, {
      createQuickPick: () => {
        const pick = createQuickPick<QuickPickItem>();
        picks.push(pick);
        return pick;
      },
    });
    try {
      const changed = run(Command.CHANGE_ICON, 'looks');
      const pick = await poll(() => picks[0], { what: 'the list of icons', state: () => picks.length });
      const offered = pick.items
        .filter(({ iconPath }) => iconPath instanceof ThemeIcon)
        .map(({ label }) => label);
      assert.ok(offered.includes('rocket') && offered.length > 50, offered.join());
      assert.deepEqual(
        pick.items.filter(({ description }) => description === 'current').map(({ label }) => label),
        ['Default'],
      );
      pick.hide();
      await changed;
      assert.deepEqual(await kept('looks'), [null, null]);
    } finally {
      Object.assign(window, { createQuickPick });
    }
  });
});

import assert from 'node:assert/strict';
import { type Terminal, TerminalExitReason, window } from 'vscode';
import { SessionKill, SessionRestart } from '../../daemon/protocol/sessions';
import { Command } from '../../extension/contributions';
import { poll } from '../support/poll';
import {
  begin,
  clean,
  creatorIn,
  daemon,
  ended,
  noTerminal,
  run,
  screenShows,
  session,
  temporaryFolder,
  terminal,
  viewers,
} from './harness';

describe('the terminal of a program that ends', () => {
  const folder = temporaryFolder();

  before(begin);
  afterEach(clean);
  after(() => folder.dispose());

  const create = creatorIn(folder.path);

  /** A session whose program ends, with this status, once a line is typed; its tab is shown. */
  const createEnding = async (name: string, status: number): Promise<Terminal> => {
    await create(name, { command: ['/bin/sh', '-c', `echo ready; read line; exit ${status}`] });
    const tab = await terminal(name);
    await viewers(name, 1);
    await screenShows(name, /^ready$/m);
    return tab;
  };

  /** Presses a key until something has come of it: keys right behind an end are the program's. */
  const press = (tab: Terminal, key: string, until: () => boolean | Promise<boolean>): Promise<true> =>
    poll(
      async () => {
        if (await until()) {
          return true;
        }
        tab.sendText(key, false);
        return undefined;
      },
      { what: `the key ${JSON.stringify(key)} to be acted on`, intervalMs: 500 },
    );

  const isOpen = (tab: Terminal): boolean => tab.exitStatus === undefined && window.terminals.includes(tab);

  /** Waits until the tab would have closed: another one does, whose program ends afterwards. */
  const showsEnd = async (name: string, tab: Terminal): Promise<void> => {
    await ended(name);
    await viewers(name, 0);
    const other = await createEnding(`behind-${name}`, 0);
    other.sendText('');
    await noTerminal(`behind-${name}`);
    assert.ok(isOpen(tab), 'the tab stays');
  };

  it('closes when all went well', async () => {
    const tab = await createEnding('clean', 0);
    tab.sendText('');
    await noTerminal('clean');
    assert.deepEqual(tab.exitStatus, { code: 0, reason: TerminalExitReason.Process });
  });

  it('stays when the program failed, and Enter starts it again in the same tab', async () => {
    const tab = await createEnding('failing', 3);
    tab.sendText('');
    await showsEnd('failing', tab);
    await press(tab, '\r', async () => (await session('failing')).state === 'running');
    await viewers('failing', 1);
    assert.ok(isOpen(tab), 'the same tab');
  });

  it('stays when the program was killed from elsewhere, and another key closes it', async () => {
    const tab = await createEnding('killed', 0);
    await (await daemon()).call(SessionKill.type, { target: { text: 'killed' } });
    await showsEnd('killed', tab);
    await press(tab, 'q', () => !window.terminals.includes(tab));
    assert.equal((await session('killed')).state, 'exited');
  });

  it('shows the program again when somebody else starts it', async () => {
    const tab = await createEnding('restarted', 1);
    tab.sendText('');
    await showsEnd('restarted', tab);
    await (await daemon()).call(SessionRestart.type, { target: { text: 'restarted' } });
    await viewers('restarted', 1);
    assert.ok(isOpen(tab), 'the same tab');
    tab.sendText('');
    await ended('restarted');
  });

  it('closes with a shell that is left, also when its last command failed', async () => {
    await create('left');
    const tab = await terminal('left');
    await viewers('left', 1);
    tab.sendText('false; exit');
    await noTerminal('left');
    assert.deepEqual(tab.exitStatus, { code: 1, reason: TerminalExitReason.Process });
  });

  it('shows the last screen of a session that had ended before, until a key is pressed', async () => {
    await create('readable', { attach: false, command: ['/bin/sh', '-c', 'echo last words'] });
    await ended('readable');
    await run(Command.ATTACH, 'readable');
    const tab = await terminal('readable');
    tab.show();
    await poll(() => isOpen(tab), { what: 'the tab to stay' });
    await press(tab, 'q', () => !window.terminals.includes(tab));
  });
});

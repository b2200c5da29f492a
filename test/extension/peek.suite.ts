import assert from 'node:assert/strict';
import { commands, type Pseudoterminal, TabInputTerminal, type Terminal, window, workspace } from 'vscode';
import { TerminalType } from '../../daemon/protocol/terminals';
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
  session,
  temporaryFolder,
  terminal,
  viewers,
} from './harness';

const ptyOf = (shown: Terminal): Pseudoterminal => {
  const { creationOptions } = shown;
  assert.ok('pty' in creationOptions);
  return creationOptions.pty;
};

describe('Peek Screen', () => {
  const folder = temporaryFolder();

  before(begin);
  afterEach(clean);
  after(() => folder.dispose());

  const create = creatorIn(folder.path);
  const type = async (name: string, text: string): Promise<void> => {
    await (await daemon()).call(TerminalType.type, { target: { text: name }, text, enter: true });
  };
  /** What the peek has drawn since this was called. */
  const drawing = (shown: Terminal): { readonly text: () => string; stop(): void } => {
    let drawn = '';
    const listener = ptyOf(shown).onDidWrite((text) => {
      drawn += text;
    });
    return { text: () => drawn, stop: () => listener.dispose() };
  };
  const drawn = async (what: { readonly text: () => string }, text: string): Promise<string> =>
    poll(() => (what.text().includes(text) ? what.text() : undefined), {
      what: `the peek to draw ${JSON.stringify(text)}`,
      state: () => JSON.stringify(what.text().slice(-600)),
    });

  it('shows the screen live and in its colours, and attaches nobody', async () => {
    const { terminals } = await create('looked', { attach: false });
    await type('looked', "printf '\\a'");
    await poll(async () => (await session('looked')).terminals[0]?.attention?.length === 1, {
      what: 'the bell to be heard',
    });
    await run(Command.PEEK, 'looked');
    const what = drawing(await terminal('Peek: looked'));
    await type('looked', "printf '\\033[32mgr''een\\033[m'");
    await drawn(what, '\x1b[0;32mgreen\x1b[m');
    // What is typed there goes nowhere.
    ptyOf(await terminal('Peek: looked')).handleInput?.('echo typed\n');
    await type('looked', 'echo af""ter');
    const text = await drawn(what, 'after');
    what.stop();
    assert.doesNotMatch(text, /typed/);
    const { viewers: seen, lastAttachedAt, terminals: now } = await session('looked');
    assert.deepEqual([seen, lastAttachedAt], [0, null]);
    assert.deepEqual(
      [now[0]?.cols, now[0]?.rows, now[0]?.attention?.map(({ reason }) => reason)],
      [terminals[0]?.cols, terminals[0]?.rows, ['bell']],
    );
  });

  it('has one tab for all, in the editor area, which Escape closes', async () => {
    await create('first', { attach: false });
    await create('second', { attach: false });
    await run(Command.PEEK, 'first');
    const tab = await terminal('Peek: first');
    await run(Command.PEEK, 'second');
    await terminal('Peek: second');
    assert.ok(window.terminals.includes(tab));
    assert.equal(window.terminals.filter(({ name }) => name.startsWith('Peek: ')).length, 1);
    const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
    await poll(
      () =>
        window.tabGroups.all.some((group) =>
          group.tabs.some(
            ({ input, label }) => input instanceof TabInputTerminal && label === 'Peek: second',
          ),
        ),
      { what: 'the tab in the editor area', state: () => tabs.map(({ label }) => label) },
    );
    ptyOf(tab).handleInput?.('\x1b');
    await noTerminal('Peek: second');
    assert.equal((await session('second')).state, 'running');
  });

  it('closes when another tab is put in front of it', async () => {
    await create('behind', { attach: false });
    await run(Command.PEEK, 'behind');
    await terminal('Peek: behind');
    await poll(() => window.tabGroups.activeTabGroup.activeTab?.label === 'Peek: behind', {
      what: 'the peek to be in front',
    });
    await window.showTextDocument(await workspace.openTextDocument({ content: 'text' }));
    await noTerminal('Peek: behind');
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('attaches by Enter, in place of the peek', async () => {
    await create('entered', { attach: false });
    await run(Command.PEEK, 'entered');
    ptyOf(await terminal('Peek: entered')).handleInput?.('\r');
    await terminal('entered');
    await noTerminal('Peek: entered');
    await viewers('entered', 1);
  });

  it('shows the last screen of what has ended, and closes when it is removed', async () => {
    await create('over', { attach: false, command: ['sh', '-c', "printf '\\033[35mlast words'"] });
    await ended('over');
    await run(Command.PEEK, 'over');
    const tab = await terminal('Peek: over');
    const what = drawing(tab);
    // A size of its own makes it draw all again.
    ptyOf(tab).setDimensions?.({ columns: 60, rows: 9 });
    await drawn(what, '\x1b[0;35mlast words');
    what.stop();
    await clean();
    await noTerminal('Peek: over');
  });
});

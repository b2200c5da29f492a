import assert from 'node:assert/strict';
import { commands, TabInputTerminal, TabInputText, Uri, window, workspace } from 'vscode';
import type { TerminalInfo } from '../../daemon/protocol/model';
import { Command } from '../../extension/contributions';
import { poll } from '../support/poll';
import {
  begin,
  clean,
  creatorIn,
  noTerminal,
  run,
  session,
  temporaryFolder,
  terminal,
  viewers,
} from './harness';

describe('the layout of sessions', () => {
  const folder = temporaryFolder();

  before(begin);
  afterEach(async () => {
    await clean();
    await commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(() => folder.dispose());

  const create = creatorIn(folder.path);

  const columnsOf = async (name: string): Promise<readonly number[]> =>
    (await session(name)).terminals.map(({ cols }) => cols);

  /** Two terminals that have the room of one: no API tells what stands beside what. */
  const areSplit = async (name: string, width: number): Promise<void> => {
    (await terminal(name)).show();
    await poll(
      async () => {
        const columns = await columnsOf(name);
        return columns.length === 2 && columns.every((one) => one > 0.4 * width && one < 0.5 * width);
      },
      { what: `the terminals of ${name} to share ${width} columns`, state: () => columnsOf(name) },
    );
  };

  /** The columns of a terminal that stands alone beside the list of terminals. */
  const widthOf = async (name: string): Promise<number> => {
    (await terminal(name)).show();
    let last = 0;
    return poll(
      async () => {
        const [now = 0] = await columnsOf(name);
        const isSettled = now === last && now > 80;
        last = now;
        return isSettled && now;
      },
      { intervalMs: 500, what: `the width of ${name} to be settled`, state: () => last },
    );
  };

  it('Split Terminal in Session comes beside the terminal that is active, and Attach All Terminals makes the split again', async () => {
    await create('alone');
    await create('pair');
    const width = await widthOf('alone');
    (await terminal('pair')).show();
    await poll(() => window.activeTerminal?.name === 'pair', { what: 'pair to be in front' });
    const { name } = await run<TerminalInfo>(Command.SPLIT_TERMINAL);
    const second = `pair: ${name}`;
    await terminal(second);
    await areSplit('pair', width);

    await run(Command.DETACH, 'pair');
    await noTerminal('pair');
    await noTerminal(second);
    // A split that VS Code makes by itself would not come from nothing.
    await widthOf('alone');
    await run(Command.ATTACH_ALL, 'pair');
    await terminal(second);
    await areSplit('pair', width);
    await viewers('pair', 2);
    assert.equal(await widthOf('alone'), width);
  });

  it('one of a split that was detached comes back beside the other', async () => {
    await create('alone');
    await create('split');
    const width = await widthOf('alone');
    const { name } = await run<TerminalInfo>(Command.SPLIT_TERMINAL, 'split');
    await terminal(`split: ${name}`);
    await areSplit('split', width);
    await run(Command.DETACH, `split:${name}`);
    await noTerminal(`split: ${name}`);
    await poll(async () => (await columnsOf('split'))[0] === width, {
      what: 'the other to have all the room',
      state: () => columnsOf('split'),
    });
    await run(Command.ATTACH, `split:${name}`);
    await terminal(`split: ${name}`);
    await areSplit('split', width);
  });

  it('a terminal that was in an editor group comes back there', async () => {
    await create('edited');
    (await terminal('edited')).show();
    const text = Uri.file(`${folder.path}/notes.txt`);
    await workspace.fs.writeFile(text, Buffer.from('notes'));
    await window.showTextDocument(text);
    (await terminal('edited')).show();
    await commands.executeCommand('workbench.action.terminal.moveToEditor');
    const tab = (): string | undefined =>
      window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ input }) => input instanceof TabInputTerminal)
        ?.label;
    await poll(() => tab() === 'edited', { what: 'the terminal in an editor group', state: tab });
    await run(Command.DETACH, 'edited');
    await noTerminal('edited');
    await poll(() => tab() === undefined, { what: 'its tab to close', state: tab });
    await poll(() => window.tabGroups.activeTabGroup.activeTab?.input instanceof TabInputText, {
      what: 'the text to be in front',
    });
    await run(Command.ATTACH, 'edited');
    await poll(() => tab() === 'edited', { what: 'the terminal in an editor group again', state: tab });
  });
});

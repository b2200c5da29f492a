import assert from 'node:assert/strict';
import { commands, window } from 'vscode';
import { Command } from '../../extension/contributions';
import { poll } from '../support/poll';
import {
  answering,
  begin,
  clean,
  configure,
  creatorIn,
  ended,
  noTerminal,
  type Question,
  run,
  session,
  sessions,
  temporaryFolder,
  terminal,
  viewers,
} from './harness';

const KILL_ACTIVE = 'workbench.action.terminal.kill';

describe('questions', () => {
  const folder = temporaryFolder();

  before(begin);
  afterEach(async () => {
    await configure('holdfast.onTerminalClose', undefined);
    await configure('terminal.integrated.confirmOnKill', 'never');
    await clean();
  });
  after(() => folder.dispose());

  const create = creatorIn(folder.path);

  /** Closes the tab as its trash icon does, and gives an answer to what is asked then. */
  const closeTab = (name: string, answer: string | undefined): Promise<readonly Question[]> =>
    answering(answer, async () => {
      (await terminal(name)).show();
      await poll(() => window.activeTerminal?.name === name, { what: `${name} to be in front` });
      await commands.executeCommand(KILL_ACTIVE);
      await noTerminal(name);
      await viewers(name, 0);
    });

  it('closing a tab asks where the user has set it so; keeping it running is what Escape answers', async () => {
    await configure('holdfast.onTerminalClose', 'ask');
    for (const answer of [undefined, 'Keep Running']) {
      await create('asked', {});
      await viewers('asked', 1);
      const [question] = await closeTab('asked', answer);
      assert.match(question?.text ?? '', /asked is still running/);
      assert.equal(question?.onEscape, 'Keep Running');
      assert.equal((await session('asked')).state, 'running');
      await clean();
    }
    await create('asked');
    await viewers('asked', 1);
    await closeTab('asked', 'Kill');
    await ended('asked');
  });

  it('killing, restarting and removing say how many programs end with it', async () => {
    await create('one', { attach: false, group: 'work' });
    await create('two', { attach: false, group: 'work' });
    await run(Command.SPAWN_TERMINAL, 'two');
    await configure('terminal.integrated.confirmOnKill', 'always');
    const details: (string | undefined)[] = [];
    const question = async (command: Command, target: unknown): Promise<string> => {
      const asked = await answering(undefined, () => run(command, target));
      assert.equal(asked.length, 1);
      details.push(asked[0]?.detail);
      return asked[0]?.text ?? '';
    };
    const group = { kind: 'group', group: 'work' };
    assert.equal(await question(Command.KILL, 'one'), 'Kill: end the running program of one?');
    assert.equal(await question(Command.RESTART, 'two'), 'Restart: end the 2 running programs of two?');
    assert.deepEqual(details, ['What it started ends with it.', 'What they started ends with them.']);
    assert.equal(await question(Command.KILL, group), 'Kill: end 3 running programs of 2 sessions?');
    assert.equal(
      await question(Command.REMOVE, group),
      'Kill and Remove: end 3 running programs of 2 sessions?',
    );
    assert.deepEqual(
      (await sessions()).map(({ state }) => state),
      ['running', 'running'],
    );
  });
});

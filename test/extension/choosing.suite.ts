import assert from 'node:assert/strict';
import { commands, type QuickPickItem, window } from 'vscode';
import type { SessionInfo, TerminalInfo } from '../../daemon/client';
import { Command } from '../../extension/contributions';
import { poll } from '../support/poll';
import { begin, clean, run, sessions, temporaryFolder, terminal, viewers } from './harness';
import { showingMessages } from './messages';

const ACCEPT = 'workbench.action.acceptSelectedQuickOpenItem';

/** Accepts what is proposed, question after question, until a command has its answers. */
const acceptUntilDone = async <T>(running: Promise<T>): Promise<T> => {
  let done = false;
  const result = running.finally(() => {
    done = true;
  });
  await poll(
    async () => {
      await commands.executeCommand(ACCEPT);
      return done;
    },
    { what: 'the command to have its answers', intervalMs: 300, timeoutMs: 30_000 },
  );
  return result;
};

/** The labels of what a command lets the user pick from, in order of their names. */
const offeredBy = async (command: Command): Promise<readonly string[]> => {
  const { showQuickPick } = window;
  let offered: readonly string[] = [];
  const pick = async (items: readonly QuickPickItem[]): Promise<undefined> => {
    offered = items.map(({ label }) => label).sort();
  };
  Object.assign(window, { showQuickPick: pick });
  try {
    await run(command);
  } finally {
    Object.assign(window, { showQuickPick });
  }
  return offered;
};

describe('commands from the palette', () => {
  const folder = temporaryFolder();

  before(begin);
  afterEach(clean);
  after(() => folder.dispose());

  const create = (name: string): Promise<SessionInfo> =>
    run<SessionInfo>(Command.NEW_SESSION, { name, cwd: folder.path, attach: false });

  it('New Session… asks for folder, name, program and group', async () => {
    const created = await acceptUntilDone(run<SessionInfo>(Command.NEW_SESSION_WITH));
    assert.equal((await sessions())[0]?.id, created.id);
    await terminal(created.name);
  });

  it('Attach asks which session when none is selected', async () => {
    await create('asked-for');
    await acceptUntilDone(run(Command.ATTACH));
    await terminal('asked-for');
    await viewers('asked-for', 1);
  });

  it('Attach offers the terminals of a session that has several, each once; Kill the session beside them', async () => {
    await create('single');
    await create('several');
    const { name } = await run<TerminalInfo>(Command.SPAWN_TERMINAL, 'several');
    const second = `several:${name}`;
    assert.deepEqual(await offeredBy(Command.ATTACH), ['several', second, 'single']);
    assert.deepEqual(await offeredBy(Command.KILL), [
      'several',
      ...['several:main', second].sort(),
      'single',
    ]);
  });

  it('Restart asks which session when none is selected', async () => {
    const created = await create('to-restart');
    const restarted = await acceptUntilDone(run<SessionInfo>(Command.RESTART));
    assert.equal(restarted.id, created.id);
  });

  it('Kill says that nothing was ticked, and ends nothing', async () => {
    await create('unticked');
    const said: string[] = [];
    const listen = async (message: string): Promise<void> => {
      said.push(message);
    };
    const showing = showingMessages(['showInformationMessage'], listen);
    try {
      await acceptUntilDone(run(Command.KILL));
    } finally {
      showing.dispose();
    }
    assert.deepEqual(said, ['Kill: no session was ticked.']);
    assert.equal((await sessions())[0]?.state, 'running');
  });
});

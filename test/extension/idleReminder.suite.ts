import assert from 'node:assert/strict';
import { commands, window, workspace } from 'vscode';
import { SessionSet } from '../../daemon/protocol/sessions';
import { Command } from '../../extension/contributions';
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
  viewers,
} from './harness';
import { showingMessages } from './messages';

const SETTING = 'holdfast.attention.idleHours';
const HOUR_MS = 3_600_000;

describe('the reminder of idle sessions', () => {
  const folder = temporaryFolder();
  let showing: ReturnType<typeof showingMessages> | undefined;
  let told: string[] = [];
  let answer: string | undefined;

  before(async () => {
    await begin();
    const show = async (text: string, ...buttons: readonly string[]): Promise<string | undefined> => {
      told.push(`${text} [${buttons.join(', ')}]`);
      return answer;
    };
    showing = showingMessages(['showInformationMessage'], show);
    // Only the window in front tells of it.
    await poll(() => window.state.focused, { what: 'the window to have the focus' });
  });
  beforeEach(() => {
    told = [];
    answer = undefined;
  });
  afterEach(async () => {
    await configure(SETTING, undefined);
    await clean();
  });
  after(() => {
    showing?.dispose();
    folder.dispose();
  });

  const create = creatorIn(folder.path);
  const remind = async (afterMs: number): Promise<void> => {
    await configure(SETTING, undefined);
    await configure(SETTING, afterMs / HOUR_MS);
  };
  const idleFor = async (name: string, ms: number): Promise<void> => {
    const { createdAt } = await session(name);
    await poll(() => Date.now() - createdAt > ms, { what: `${name} to be ${ms} ms old` });
  };
  const notified = (count: number): Promise<boolean> =>
    poll(() => told.length === count, { what: `${count} notifications`, state: () => told });
  const setting = (): unknown => workspace.getConfiguration().inspect(SETTING)?.globalValue;

  it('names those that nobody uses, once; not those that are viewed, quiet or new', async () => {
    await create('forgotten', { attach: false });
    await create('quiet', { attach: false });
    await (await daemon()).call(SessionSet.type, { target: { text: 'quiet' }, quiet: true });
    await create('viewed');
    await viewers('viewed', 1);
    await idleFor('viewed', 1500);
    await create('fresh', { attach: false });
    await remind(1000);
    await notified(1);
    assert.deepEqual(told, [
      'Nobody has used the session forgotten for an hour. It still runs. [Show, Don’t Show Again]',
    ]);
    // It is told of again only once it has been used; another one is, and alone.
    await idleFor('fresh', 1500);
    await remind(1000);
    await notified(2);
    assert.match(told[1] ?? '', /the session fresh for/);
    assert.equal((await session('forgotten')).state, 'running');
    // Unless somebody asks for it, nobody is told.
    assert.equal(workspace.getConfiguration().inspect(SETTING)?.defaultValue, 0);
  });

  it('counts from when somebody left, not from when they came', async () => {
    await create('left');
    await viewers('left', 1);
    await create('other', { attach: false });
    await idleFor('other', 2500);
    await run(Command.DETACH, 'left');
    await viewers('left', 0);
    await remind(2000);
    await notified(1);
    assert.match(told[0] ?? '', /the session other for/);
  });

  it('counts a command that somebody typed from elsewhere', async () => {
    await configure('holdfast.shell.args', []);
    await create('typed', { attach: false });
    await poll(async () => (await session('typed')).terminals[0]?.integration === 'active', {
      what: 'the shell integration',
    });
    await create('other', { attach: false });
    await idleFor('other', 2500);
    await run(Command.SEND_TEXT, 'typed', undefined, 'true\n');
    await poll(async () => (await session('typed')).commandCount > 0, { what: 'the command to be known' });
    await remind(2000);
    await notified(1);
    assert.match(told[0] ?? '', /the session other for/);
    await configure('holdfast.shell.args', ['--noprofile', '--norc']);
  });

  it('is told no more once somebody has said so', async () => {
    await create('nagging', { attach: false });
    await idleFor('nagging', 1200);
    answer = 'Don’t Show Again';
    await remind(1000);
    await notified(1);
    await poll(() => setting() === 0, { what: 'the setting to be off', state: setting });
  });

  it('shows the view by Show', async () => {
    await create('shown', { attach: false });
    await idleFor('shown', 1200);
    const { executeCommand } = commands;
    const asked: string[] = [];
    Object.assign(commands, {
      executeCommand: (command: string, ...rest: readonly unknown[]) => {
        asked.push(command);
        return executeCommand(command, ...rest);
      },
    });
    answer = 'Show';
    await remind(1000);
    await poll(() => asked.includes('holdfast.sessions.focus'), { what: 'the view to be shown' });
    Object.assign(commands, { executeCommand });
  });
});

import assert from 'node:assert/strict';
import { commands, env, extensions, window } from 'vscode';
import type { SessionInfo, TerminalInfo } from '../../daemon/client';
import { Command } from '../../extension/contributions';
import { poll } from '../support/poll';
import {
  begin,
  clean,
  configure,
  creatorIn,
  daemon,
  ended,
  noTerminal,
  run,
  screen,
  screenShows,
  session,
  sessions,
  takeErrors,
  temporaryFolder,
  terminal,
  viewers,
} from './harness';
import { showingMessages } from './messages';

describe('commands on sessions', () => {
  const folder = temporaryFolder();

  before(begin);
  afterEach(clean);
  after(() => folder.dispose());

  const create = creatorIn(folder.path);

  it('New Session opens a terminal of that name in that folder, and typing reaches the shell', async () => {
    const created = await create('one');
    assert.equal(created.name, 'one');
    assert.equal(created.cwd, folder.path);
    (await terminal('one')).sendText('echo sum=$((40+2))');
    await screenShows('one', /^sum=42$/m);
    assert.equal((await viewers('one', 1)).state, 'running');
  });

  it('New Session gives programs the environment of VS Code’s own terminals', async () => {
    await extensions.getExtension('vscode.git')?.activate();
    await configure('terminal.integrated.env.linux', { OF_THE_USER: 'value' });
    await create('environment', { command: ['/bin/sh', '-c', 'env; echo END; cat'] });
    (await terminal('environment')).show();
    const { lines } = await (await daemon()).call(
      (await import('../../daemon/protocol/terminals')).TerminalSnapshot.type,
      { target: { text: 'environment' }, scrollback: 1000 },
    );
    await screenShows('environment', /^END$/m);
    const output = await (await daemon()).call(
      (await import('../../daemon/protocol/terminals')).TerminalOutput.type,
      { target: { text: 'environment' } },
    );
    assert.ok(lines.length > 0);
    const variables = new Map(
      output.text.split(/\r?\n/).flatMap((line): [string, string][] => {
        const at = line.indexOf('=');
        return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
      }),
    );
    assert.equal(variables.get('TERM_PROGRAM'), 'vscode');
    assert.equal(variables.get('TERM'), 'xterm-256color');
    assert.equal(variables.get('COLORTERM'), 'truecolor');
    assert.match(variables.get('PATH') ?? '', /^[^:]*\/data\/[^:/]+\/bin:/);
    assert.ok(variables.get('HOLDFAST_SESSION'));
    assert.match(variables.get('VSCODE_IPC_HOOK_CLI') ?? '', /\/editor\/\w+\.cli$/, 'for `code FILE`');
    assert.match(variables.get('VSCODE_GIT_IPC_HANDLE') ?? '', /\/editor\/\w+\.git$/, 'of another extension');
    assert.ok(variables.get('GIT_ASKPASS'), 'so that git can ask in the window');
    assert.equal(variables.get('OF_THE_USER'), 'value');
    assert.equal(variables.has('VSCODE_NONCE'), false, 'that of the terminal that was asked');
    const unwanted = [...variables.keys()].filter((name) =>
      /^(ELECTRON_|NODE_OPTIONS|VSCODE_ESM|VSCODE_NLS)/.test(name),
    );
    assert.deepEqual(unwanted, []);
  });

  it('New Session without a name takes the folder’s, numbered', async () => {
    const first = await run<SessionInfo>(Command.NEW_SESSION, { cwd: folder.path });
    const second = await run<SessionInfo>(Command.NEW_SESSION, { cwd: folder.path });
    assert.notEqual(first.name, second.name);
    assert.ok(second.name.startsWith(first.name.replace(/-?\d*$/, '').slice(0, 5)));
  });

  it('Detach closes the terminal and leaves the program running; Attach brings it back', async () => {
    await create('kept');
    (await terminal('kept')).sendText('secret=$((6*7))');
    await screenShows('kept', /secret=/);
    assert.equal(await run(Command.DETACH, 'kept'), 1);
    await noTerminal('kept');
    await viewers('kept', 0);
    await run(Command.ATTACH, 'kept');
    (await terminal('kept')).sendText('echo "still $secret"');
    await screenShows('kept', /^still 42$/m);
    await viewers('kept', 1);
  });

  it('Attach goes to the terminal that shows the session already', async () => {
    await create('same');
    await terminal('same');
    await run(Command.ATTACH, 'same');
    assert.equal(window.terminals.filter((candidate) => candidate.name === 'same').length, 1);
  });

  it('Attach (Read-Only) shows a session and lets no key through', async () => {
    await create('looked-at', { attach: false });
    await run(Command.ATTACH_READ_ONLY, 'looked-at');
    const tab = await terminal('looked-at (read-only)');
    await viewers('looked-at', 1);
    tab.sendText('echo must-not-arrive');
    await run(Command.ATTACH, 'looked-at');
    (await terminal('looked-at')).sendText('echo arrived');
    await screenShows('looked-at', /^arrived$/m);
    assert.equal((await screen('looked-at')).join('\n').includes('must-not-arrive'), false);
  });

  it('Detach leaves what another window shows, and Kill ends it there too', async () => {
    await create('both');
    await viewers('both', 1);
    const target = { text: 'both' };
    const other = await (await daemon()).attach({
      target,
      mode: 'interactive',
      size: { cols: 80, rows: 24 },
    });
    let endedThere = false;
    other.onExit(() => {
      endedThere = true;
    });
    other.start();
    await viewers('both', 2);
    await run(Command.DETACH, 'both');
    await noTerminal('both');
    await viewers('both', 1);
    assert.equal(other.state, 'live');
    await run(Command.KILL, 'both');
    await poll(() => endedThere, { what: 'the other window to hear of the end', state: () => other.state });
  });

  it('Detach All closes this window’s terminals and ends nothing', async () => {
    await create('a');
    await create('b');
    assert.equal(await run(Command.DETACH_ALL), 2);
    await noTerminal('a');
    await noTerminal('b');
    assert.deepEqual(
      (await sessions()).map(({ state }) => state),
      ['running', 'running'],
    );
  });

  it('Rename changes the session’s name and its tab', async () => {
    await create('before');
    await terminal('before');
    await run(Command.RENAME, 'before', undefined, 'behind');
    await terminal('behind');
    assert.equal((await session('behind')).state, 'running');
  });

  it('Spawn Terminal in Session adds a terminal beside the first', async () => {
    await create('two');
    const spawned = await run<TerminalInfo>(Command.SPAWN_TERMINAL, 'two');
    await terminal(`two: ${spawned.name}`);
    assert.equal((await session('two')).terminals.length, 2);
  });

  it('Copy Attach Command copies what attaches in any terminal', async () => {
    await create('copied', { attach: false });
    await run(Command.COPY_ATTACH_COMMAND, 'copied');
    assert.equal(await env.clipboard.readText(), 'holdfast attach copied');
  });

  it('Kill ends the program and closes its terminal; Remove forgets it', async () => {
    await create('ending');
    await viewers('ending', 1);
    assert.equal(await run(Command.KILL, 'ending'), 1);
    await ended('ending');
    await noTerminal('ending');
    assert.equal(await run(Command.REMOVE, 'ending'), 1);
    assert.deepEqual(await sessions(), []);
  });

  it('Kill or Remove kills what runs, then removes what has ended', async () => {
    await create('both', { attach: false });
    await run(Command.KILL_OR_REMOVE, 'both');
    await ended('both');
    await run(Command.KILL_OR_REMOVE, 'both');
    assert.deepEqual(await sessions(), []);
  });

  it('Kill asks first unless the user wants no questions, and a no ends nothing', async () => {
    await create('asked', { attach: false });
    await configure('terminal.integrated.confirmOnKill', 'always');
    const questions: string[] = [];
    const answer = async (question: string): Promise<undefined> => {
      questions.push(question);
      return undefined;
    };
    const showing = showingMessages(['showWarningMessage'], answer);
    try {
      assert.equal(await run(Command.KILL, 'asked'), 0);
      await run(Command.DETACH, 'asked');
    } finally {
      showing.dispose();
      await configure('terminal.integrated.confirmOnKill', 'never');
    }
    assert.equal(questions.length, 1, 'killing asks, detaching does not');
    assert.match(questions[0] ?? '', /asked/);
    assert.equal((await session('asked')).state, 'running');
  });

  it('Kill All Detached leaves alone what somebody looks at', async () => {
    await create('seen');
    await viewers('seen', 1);
    await create('unseen', { attach: false });
    assert.equal(await run(Command.KILL_ALL_DETACHED), 1);
    await ended('unseen');
    assert.equal((await session('seen')).state, 'running');
  });

  it('Restart starts an ended program again in the same place', async () => {
    await create('again', { attach: false, command: ['/bin/sh', '-c', 'echo run; read line'] });
    await screenShows('again', /run/);
    await run(Command.KILL, 'again');
    const before = await ended('again');
    const after = await run<SessionInfo>(Command.RESTART, 'again');
    assert.equal(after.id, before.id);
    assert.equal(after.state, 'running');
  });

  it('Restart keeps the terminal of a running program open and shows the new one in it', async () => {
    await create('renewed');
    const tab = await terminal('renewed');
    tab.sendText('old=yes; echo "old is $old"');
    // VS Code sends it when the terminal is made, which may be after the command that follows.
    await screenShows('renewed', /^old is yes$/m);
    await run(Command.RESTART, 'renewed');
    await viewers('renewed', 1);
    assert.ok(window.terminals.includes(tab), 'the same tab');
    tab.sendText('echo "old is ${old:-gone}"');
    await screenShows('renewed', /^old is gone$/m);
  });

  it('an unknown target is told of and changes nothing', async () => {
    await commands.executeCommand(Command.KILL, 'nobody');
    const told = takeErrors();
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', /nobody/);
  });
});

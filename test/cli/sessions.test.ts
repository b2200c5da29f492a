import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import type { SessionInfo, TerminalInfo } from '../../daemon/protocol/model';
import { Holdfast, mainTerminal } from './support/holdfast';
import { until } from './support/until';

const holdfast = new Holdfast();
after(() => holdfast.dispose());

const isEnded = async (name: string): Promise<boolean> =>
  (await holdfast.sessions('--all')).some((session) => session.name === name && session.state === 'exited');

describe('new', () => {
  test('creates a session with what it was given', async () => {
    const session = await holdfast.create(
      ...['full', '--cwd', '/', '--cols', '100', '--rows', '30', '--group', 'ci', '--tag', 'a', '--tag', 'b'],
      ...['--note', 'a note', '--env', 'COLOUR=blue', '--env', 'TERM=dumb'],
      ...['--', 'sh', '-c', 'echo $COLOUR $TERM; exec cat'],
    );
    const terminal = mainTerminal(session);
    assert.equal(session.name, 'full');
    assert.equal(session.state, 'running');
    assert.equal(session.group, 'ci');
    assert.deepEqual(session.tags, ['a', 'b']);
    assert.equal(session.note, 'a note');
    assert.equal(session.kind, 'persistent');
    assert.equal(session.cwd, '/');
    assert.deepEqual([terminal.cols, terminal.rows], [100, 30]);
    assert.deepEqual(terminal.command, ['sh', '-c', 'echo $COLOUR $TERM; exec cat']);
    await until('its output', async () =>
      (await holdfast.text(['snapshot', 'full'])).startsWith('blue dumb\n'),
    );
  });

  test('takes name, folder, shell and size from the caller where nothing is said', async () => {
    const session = await holdfast.create();
    assert.equal(session.name, 'work');
    assert.equal(session.cwd, holdfast.work);
    assert.deepEqual([mainTerminal(session).cols, mainTerminal(session).rows], [80, 24]);
    assert.match((await holdfast.create()).name, /^work-?\d+$/);
  });

  test('prints the name for people', async () => {
    assert.equal(await holdfast.text(['new', 'said', '--', 'cat']), 'said\n');
  });

  test('with --ensure finds it, and starts it again when it ended', async () => {
    const first = await holdfast.create('ensured', '--ensure', '--', 'cat');
    const second = await holdfast.create('ensured', '--ensure', '--', 'cat');
    assert.equal(second.id, first.id);
    await holdfast.json(['kill', 'ensured']);
    const third = await holdfast.create('ensured', '--ensure', '--', 'cat');
    assert.equal(third.id, first.id);
    assert.equal(third.state, 'running');
  });

  test('makes an ephemeral session, and ends one at its time to live', async () => {
    const session = await holdfast.create('short', '--ephemeral', '--ttl', '300ms', '--', 'cat');
    assert.equal(session.kind, 'ephemeral');
    await until('its end', async () => !(await holdfast.sessions()).some(({ name }) => name === 'short'));
  });

  test('refuses a taken name and what is no name', async () => {
    await holdfast.create('taken', '--', 'cat');
    await holdfast.refused(6, 'SESSION_EXISTS', ['new', 'taken', '--', 'cat']);
    for (const name of ['../up', 'two words', 'x'.repeat(256), '', '.hidden', 'ö']) {
      const error = await holdfast.refused(2, 'INVALID_NAME', ['new', name, '--', 'cat']);
      assert.notEqual(error.suggestion, '');
    }
    assert.equal((await holdfast.create('x'.repeat(255), '--', 'cat')).name.length, 255);
  });

  test('refuses a folder that is not there', async () => {
    await holdfast.refused(2, 'CWD_NOT_FOUND', ['new', '--cwd', 'nowhere', '--', 'cat']);
  });

  test('refuses when the folder of the caller was deleted, and works with another one', async () => {
    const gone = path.join(holdfast.folder, 'gone');
    mkdirSync(gone);
    const shell = (line: string): Promise<{ readonly status: number | null; readonly stderr: string }> => {
      mkdirSync(gone, { recursive: true });
      return holdfast.run(['--version'], { cwd: gone }).then(() => inDeletedFolder(gone, line));
    };
    const refused = await shell('new lost-folder --json');
    assert.equal(refused.status, 2, refused.stderr);
    assert.equal((JSON.parse(refused.stderr) as { code: string }).code, 'CWD_NOT_FOUND');
    const worked = await shell('new found-folder --cwd / -- cat');
    assert.equal(worked.status, 0, worked.stderr);
  });

  test('leaves nothing behind when the program can not be started', async () => {
    const before = (await holdfast.sessions('--all')).length;
    await holdfast.refused(1, 'SPAWN_FAILED', ['new', 'phantom', '--', 'no-such-program-anywhere']);
    assert.equal((await holdfast.sessions('--all')).length, before);
    await holdfast.refused(5, 'SESSION_NOT_FOUND', ['show', 'phantom']);
  });
});

/** Calls from a shell whose folder is deleted under it. */
const inDeletedFolder = async (
  folder: string,
  line: string,
): Promise<{ status: number | null; stderr: string }> => {
  const { spawnSync } = await import('node:child_process');
  const { CLI } = await import('./support/holdfast');
  const script = `cd '${folder}' && rm -rf '${folder}' && exec '${process.execPath}' '${CLI}' ${line}`;
  const { status, stderr } = spawnSync('/bin/sh', ['-c', script], { env: holdfast.env, encoding: 'utf8' });
  rmSync(folder, { recursive: true, force: true });
  return { status, stderr };
};

describe('a session that exists', () => {
  test('is listed, filtered and shown', async () => {
    const session = await holdfast.create('shown', '--group', 'web', '--', 'cat');
    const named = async (...args: string[]): Promise<boolean> =>
      (await holdfast.sessions(...args)).some(({ id }) => id === session.id);
    assert.equal(await named(), true);
    assert.equal(await named('--group', 'web'), true);
    assert.equal(await named('--group', 'other'), false);
    assert.equal(await named('--filter', 'SHOW'), true);
    assert.equal(await named('--filter', 'nothing-like-it'), false);
    assert.equal(await named('--state', 'running'), true);
    assert.equal(await named('--state', 'lost'), false);
    for (const filter of [
      ['--group', 'other'],
      ['--filter', 'nothing-like-it'],
      ['--state', 'lost'],
    ]) {
      assert.deepEqual(await holdfast.run(['ls', ...filter]), {
        status: 0,
        signal: null,
        stdout: '',
        stderr: 'No session matches.\n',
      });
    }
    const shown = await holdfast.json<{ session: SessionInfo & { viewerList: unknown[] } }>([
      'show',
      'shown',
    ]);
    assert.equal(shown.session.id, session.id);
    assert.deepEqual(shown.session.viewerList, []);
    const byId = await holdfast.json<{ session: SessionInfo }>(['status', session.id.slice(0, 6)]);
    assert.equal(byId.session.id, session.id);
    const terminal = await holdfast.json<{ terminal: TerminalInfo }>(['show', 'shown:main']);
    assert.equal(terminal.terminal.id, mainTerminal(session).id);
    assert.match(await holdfast.text(['ls']), /^NAME +STATE +GROUP +COMMAND +FOLDER +VIEWERS +AGE\n/);
    assert.match(await holdfast.text(['list-sessions']), /^shown +running +web +cat /m);
    assert.match(await holdfast.text(['show', 'shown']), /^name: +shown\n/);
    assert.match(await holdfast.text(['show', 'shown:main']), /^name: +main\n/);
    assert.match(await holdfast.text(['__complete', 'sessions']), /^shown$/m);
  });

  test('gets more terminals', async () => {
    await holdfast.create('two', '--', 'cat');
    const { terminal } = await holdfast.json<{ terminal: TerminalInfo }>([
      ...['spawn', 'two', '--name', 'logs', '--cwd', '/', '--env', 'A=b', '--', 'cat'],
    ]);
    assert.equal(terminal.name, 'logs');
    assert.equal(terminal.cwd, '/');
    await holdfast.refused(5, 'TERMINAL_NOT_FOUND', ['show', 'two:nothing']);
    assert.equal(await holdfast.text(['rename', 'two:logs', 'log']), 'two:log\n');
    assert.equal(await holdfast.text(['restart', `two:${terminal.id}`]), 'restarted two:log\n');
    assert.equal(await holdfast.text(['restart', 'two']), 'restarted two\n');
  });

  test('is renamed and changed', async () => {
    const session = await holdfast.create('old-name', '--', 'cat');
    const renamed = await holdfast.json<{ session: SessionInfo }>(['rename', 'old-name', 'new-name']);
    assert.deepEqual([renamed.session.id, renamed.session.name], [session.id, 'new-name']);
    await holdfast.refused(2, 'INVALID_NAME', ['rename', 'new-name', 'a/b']);
    const changed = await holdfast.json<{ session: SessionInfo }>([
      ...['set', 'new-name', '--group', 'g', '--tag', 't', '--note', 'n', '--pin', '--quiet'],
    ]);
    const { group, tags, note, pinned, quiet } = changed.session;
    assert.deepEqual([group, tags, note, pinned, quiet], ['g', ['t'], 'n', true, true]);
    const cleared = await holdfast.json<{ session: SessionInfo }>([
      ...['set', 'new-name', '--group', '', '--tag', '', '--note', '', '--no-pin', '--no-quiet'],
    ]);
    assert.deepEqual([cleared.session.group, cleared.session.tags, cleared.session.note], [null, [], null]);
    assert.deepEqual([cleared.session.pinned, cleared.session.quiet], [false, false]);
    await holdfast.refused(2, 'INVALID_INPUT', ['set', 'new-name']);
  });

  test('has the icon and the colour that it is given', async () => {
    const shown = async (): Promise<unknown> => {
      const { sessions } = await holdfast.json<{ sessions: SessionInfo[] }>(['ls', '--filter', 'looks']);
      return sessions.map(({ icon, color }) => [icon, color]);
    };
    await holdfast.json(['new', 'looks', '--icon', 'rocket', '--color', 'green', '--', 'cat']);
    assert.deepEqual(await shown(), [['rocket', 'terminal.ansiGreen']]);
    assert.match(await holdfast.text(['show', 'looks']), /icon: +rocket\ncolour: +green\n/);
    await holdfast.json(['set', 'looks', '--icon', 'git-branch', '--color', 'terminal.ansiRed']);
    assert.deepEqual(await shown(), [['git-branch', 'terminal.ansiRed']]);
    const icon = await holdfast.refused(2, 'INVALID_INPUT', ['set', 'looks', '--icon', '$(GitBranch)']);
    assert.match(icon.suggestion, /'git-branch'/);
    const color = await holdfast.refused(2, 'INVALID_INPUT', ['new', 'other', '--color', 'gren']);
    assert.match(color.suggestion, /'green'/);
    await holdfast.json(['set', 'looks', '--icon', '', '--color', '']);
    assert.deepEqual(await shown(), [[null, null]]);
  });

  test('ends, stays until it is removed, and starts again in between', async () => {
    const session = await holdfast.create('cycle', '--', 'cat');
    await holdfast.refused(4, 'SESSION_RUNNING', ['rm', 'cycle']);
    const killed = await holdfast.json<{ killed: number; survivors: unknown[] }>([
      ...['kill', 'cycle', '--signal', 'TERM', '--grace', '2000'],
    ]);
    assert.deepEqual(killed, { killed: 1, survivors: [] });
    assert.equal(await isEnded('cycle'), true);
    assert.equal((await holdfast.json<{ killed: number }>(['kill', 'cycle'])).killed, 0);
    await holdfast.refused(4, 'SESSION_EXITED', ['type', 'cycle', 'x']);
    const restarted = await holdfast.json<{ session: SessionInfo }>(['restart', 'cycle']);
    assert.deepEqual([restarted.session.id, restarted.session.state], [session.id, 'running']);
    assert.deepEqual(await holdfast.json(['rm', 'cycle', '--force']), { removed: 'cycle' });
    await holdfast.refused(5, 'SESSION_NOT_FOUND', ['show', 'cycle']);
  });

  test('keeps the status of a program that ended by itself', async () => {
    await holdfast.create('ends', '--', 'sh', '-c', 'exit 3');
    await until('its end', () => isEnded('ends'));
    const { session } = await holdfast.json<{ session: SessionInfo }>(['show', 'ends']);
    assert.deepEqual([mainTerminal(session).state, mainTerminal(session).exitCode], ['exited', 3]);
  });
});

describe('TARGET', () => {
  test('is not what is missing when the one word that was given names it', async () => {
    const alone = new Holdfast();
    try {
      await alone.create('b1', '--', 'cat');
      await alone.create('b2', '--', 'cat');
      for (const [command, argument] of [
        ['type', 'TEXT'],
        ['key', 'KEYS'],
        ['rename', 'NAME'],
      ] as const) {
        const { message, suggestion } = await alone.refused(2, 'INVALID_INPUT', [command, 'b1']);
        assert.equal(message, `missing argument ${argument}: 'b1' is a session`);
        assert.match(suggestion, new RegExp(`holdfast ${command} \\[TARGET\\] ${argument}`));
      }
      for (const command of ['type', 'key', 'rename']) {
        const unclear = await alone.refused(2, 'INVALID_INPUT', [command, 'Enter']);
        assert.match(unclear.message, /not clear which session/);
      }
    } finally {
      await alone.dispose();
    }
  });

  test('is HOLDFAST_SESSION when it is left out', async () => {
    const session = await holdfast.create('here', '--', 'cat');
    const env = { HOLDFAST_SESSION: session.id };
    const shown = await holdfast.json<{ session: SessionInfo }>(['show'], { env });
    assert.equal(shown.session.id, session.id);
    const killed = await holdfast.json<{ killed: number }>(['kill'], { env });
    assert.equal(killed.killed, 1);
  });

  test('is told on stderr where none is given and the result does not tell, but not with --json', async () => {
    await holdfast.create('last', '--', 'cat');
    await holdfast.text(['type', 'last', 'x']);
    const sent = await holdfast.run(['type', 'y']);
    assert.deepEqual([sent.status, sent.stdout, sent.stderr], [0, '', 'session: last\n']);
    const read = await holdfast.run(['output']);
    assert.deepEqual([read.status, read.stderr], [0, 'session: last\n']);
    const json = await holdfast.run(['--json', 'snapshot']);
    assert.deepEqual([json.status, json.stderr], [0, '']);
    const inside = await holdfast.run(['snapshot'], { env: { HOLDFAST_SESSION: 'last' } });
    assert.deepEqual([inside.status, inside.stderr], [0, '']);
    await until('both to arrive', async () => (await holdfast.text(['snapshot', 'last'])).startsWith('xy'));
  });

  test('is never guessed by kill, rm and restart', async () => {
    await holdfast.create('guess', '--', 'cat');
    for (const command of ['kill', 'rm', 'restart']) {
      await holdfast.refused(2, 'INVALID_INPUT', [command]);
    }
    assert.equal((await holdfast.sessions('--filter', 'guess')).length, 1);
  });

  test('that is nobody is not found', async () => {
    for (const args of [
      ['show'],
      ['kill'],
      ['rm'],
      ['restart'],
      ['attach'],
      ['detach'],
      ['snapshot'],
      ['output'],
    ]) {
      await holdfast.refused(5, 'SESSION_NOT_FOUND', [...args, 'nobody']);
    }
  });
});

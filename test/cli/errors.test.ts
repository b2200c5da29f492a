import assert from 'node:assert/strict';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { EXIT_STATUS } from '../../daemon/protocol/errors';
import type { SessionInfo } from '../../daemon/protocol/model';
import { ERROR_TABLE } from './support/errorTable';
import { CLI, Holdfast } from './support/holdfast';
import { Provoked } from './support/provoke';
import { TerminalWindow } from './support/terminalWindow';
import { until } from './support/until';

describe('a command that is refused', () => {
  const holdfast = new Holdfast();
  const provoked = new Provoked('errors.test.ts');
  const provoke: Provoked['by'] = (...args) => provoked.by(...args);

  before(async () => {
    await holdfast.create('shell', '--', 'sh');
    await holdfast.create('gone', '--', 'true');
    await until(
      'the program to end',
      async () => (await holdfast.sessions('--all')).find(({ name }) => name === 'gone')?.state === 'exited',
    );
  });
  after(() => holdfast.dispose());

  test('has an exit status and a place where it is shown for every code there is', () => {
    assert.deepEqual(
      Object.entries(ERROR_TABLE).map(([code, { status }]) => [code, status]),
      Object.entries(EXIT_STATUS),
    );
  });

  test('is off: INVALID_INPUT, INVALID_NAME, INVALID_KEY', async () => {
    await provoke(holdfast, 'INVALID_INPUT', ['ls', '--state', 'asleep']);
    await provoke(holdfast, 'INVALID_INPUT', ['kill']);
    const empty = await provoke(holdfast, 'INVALID_INPUT', ['kill', '']);
    assert.match(empty.message, /TARGET is empty/);
    for (const name of ['../up', 'a b', 'x'.repeat(256), 'ünder', '.hidden', 'a/b', 'a:b', '']) {
      const { suggestion, details } = await provoke(holdfast, 'INVALID_NAME', ['new', name]);
      const { sanitized } = details as { readonly sanitized: string };
      assert.match(sanitized, /^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/);
      const shown = sanitized.slice(0, 60);
      assert.ok(suggestion.includes(`'${shown}'`), suggestion);
    }
    await provoke(holdfast, 'INVALID_NAME', ['rename', 'shell', 'two words']);
    await provoke(holdfast, 'INVALID_NAME', ['spawn', 'shell', '--name', 'two words']);
    await provoke(holdfast, 'INVALID_KEY', ['key', 'shell', 'Enter', 'Return+Enter']);
    assert.match((await provoke(holdfast, 'INVALID_KEY', ['key', 'shell', ''])).message, /"" is no key/);
  });

  test('is off before it is asked what state the session has', async () => {
    await provoke(holdfast, 'INVALID_KEY', ['key', 'gone', 'Ctrl+Foo']);
    await provoke(holdfast, 'INVALID_INPUT', ['kill', 'gone', '--signal', 'NOSUCH']);
    await provoke(holdfast, 'INVALID_INPUT', ['resize', 'gone', '0', '0']);
    const half = await provoke(holdfast, 'INVALID_INPUT', ['resize', 'gone', '81']);
    assert.match(half.message, /^missing argument: 'gone' is no number of columns/);
    await provoke(holdfast, 'INVALID_NAME', ['rename', 'nobody', 'two words']);
    await provoke(holdfast, 'INVALID_NAME', ['spawn', 'gone', '--name', 'two words']);
  });

  test('has no folder to start in: CWD_NOT_FOUND', async () => {
    await provoke(holdfast, 'CWD_NOT_FOUND', ['new', '--cwd', '/no/such/folder']);
    const deleted = path.join(holdfast.folder, 'deleted');
    mkdirSync(deleted);
    // The shell stands in the folder when it is deleted, as happens to people.
    const script = `rmdir "$PWD"; exec "${process.execPath}" "${CLI}" --json new`;
    const child = await holdfast.shell(script, { cwd: deleted });
    assert.equal(child.status, 2, child.stderr);
    assert.equal((JSON.parse(child.stderr) as { code: string }).code, 'CWD_NOT_FOUND');
    mkdirSync(deleted);
    await holdfast.create('homeless', '--cwd', deleted, '--', 'cat');
    rmdirSync(deleted);
    const { suggestion } = await provoke(holdfast, 'CWD_NOT_FOUND', ['restart', 'homeless']);
    assert.match(suggestion, /^Make it again, or create another session/);
  });

  test('starts no program, and leaves nothing behind: SPAWN_FAILED', async () => {
    const names = async (): Promise<readonly string[]> =>
      (await holdfast.sessions('--all')).map(({ name }) => name);
    const earlier = await names();
    await provoke(holdfast, 'SPAWN_FAILED', ['new', 'nothing', '--', 'no-such-program']);
    await provoke(holdfast, 'SPAWN_FAILED', ['new', 'nothing', '--', holdfast.work]);
    const data = path.join(holdfast.work, 'data.txt');
    writeFileSync(data, 'not executable', { mode: 0o600 });
    await provoke(holdfast, 'SPAWN_FAILED', ['new', 'nothing', '--', data]);
    await provoke(holdfast, 'SPAWN_FAILED', ['spawn', 'shell', '--', 'no-such-program']);
    assert.deepEqual(await names(), earlier);
  });

  test('would show a session inside itself: NESTED_SESSION', async () => {
    const { id } = (await holdfast.sessions()).find(({ name }) => name === 'shell') ?? { id: '' };
    const env = { HOLDFAST_SESSION: id };
    await provoke(holdfast, 'NESTED_SESSION', ['attach'], { env });
    await provoke(holdfast, 'NESTED_SESSION', ['attach', 'shell', '--read-only'], { env });
  });

  test('meets a program that does not read: TIMEOUT', async () => {
    await holdfast.create('deaf', '--', 'sh', '-c', 'stty raw -echo; echo ready; exec sleep 600');
    await until('the program', async () => (await holdfast.text(['snapshot', 'deaf'])).includes('ready'));
    const type = ['type', 'deaf', 'x'.repeat(120_000)];
    const error = await provoke(holdfast, 'TIMEOUT', type, { atOnce: true });
    assert.match(error.message, /does not read/);
    assert.equal((await holdfast.sessions()).find(({ name }) => name === 'deaf')?.state, 'running');
  });

  test('needs a program that runs, or one that does not: SESSION_EXITED, SESSION_RUNNING, SESSIONS_RUNNING', async () => {
    await provoke(holdfast, 'SESSION_EXITED', ['type', 'gone', 'x']);
    await provoke(holdfast, 'SESSION_EXITED', ['key', 'gone', 'x']);
    await provoke(holdfast, 'SESSION_EXITED', ['resize', 'gone', '80', '24']);
    await provoke(holdfast, 'SESSION_RUNNING', ['rm', 'shell']);
    await provoke(holdfast, 'SESSIONS_RUNNING', ['daemon', 'stop']);
  });

  test('sends a key that the program has enabled no encoding for: KEY_UNSUPPORTED', async () => {
    await provoke(holdfast, 'KEY_UNSUPPORTED', ['key', 'shell', 'Ctrl+1']);
  });

  test('uses the mouse as no program has asked, or on what is not there once', async () => {
    await provoke(holdfast, 'MOUSE_NOT_ENABLED', ['click', 'shell', '1', '1']);
    await holdfast.create('clicked', '--', 'sh', '-c', 'printf "\\033[?9htwo two"; exec cat');
    await until('its text', async () => (await holdfast.text(['snapshot', 'clicked'])).includes('two two'));
    await provoke(holdfast, 'MOUSE_UNSUPPORTED', ['mouse', 'clicked', 'scroll', 'up']);
    await provoke(holdfast, 'TEXT_NOT_FOUND', ['click', 'clicked', '--text', 'three']);
    const twice = await provoke(holdfast, 'AMBIGUOUS_MATCH', ['click', 'clicked', '--text', 'two']);
    assert.match(twice.suggestion, /0 1, 0 5/);
    await provoke(holdfast, 'INVALID_INPUT', ['click', 'clicked', '24', '0']);
    for (const words of [
      ['hover', '1', '1'],
      ['click'],
      ['click', '1'],
      ['drag', '1', '1'],
      ['scroll', '1', '1'],
    ]) {
      await provoke(holdfast, 'INVALID_INPUT', ['mouse', 'clicked', ...words]);
    }
    await provoke(holdfast, 'INVALID_INPUT', ['click', 'clicked', '1', '1', '--text', 'two']);
  });

  test('waits for the prompt of what is no shell with integration: INTEGRATION_UNAVAILABLE', async () => {
    await holdfast.create('plain', '--', 'cat');
    await provoke(holdfast, 'INTEGRATION_UNAVAILABLE', ['wait', 'plain', '--prompt']);
  });

  test('removes a session somebody looks at: VIEWERS_ATTACHED', async () => {
    await holdfast.create('shown', '--', 'cat');
    const window = new TerminalWindow({ cwd: holdfast.work, env: holdfast.env });
    try {
      window.type(`"${process.execPath}" "${CLI}" attach shown\r`);
      await until(
        'the viewer',
        async () => (await holdfast.sessions()).find(({ name }) => name === 'shown')?.viewers === 1,
      );
      await provoke(holdfast, 'VIEWERS_ATTACHED', ['rm', 'shown']);
      assert.equal((await holdfast.json<{ removed: string }>(['rm', 'shown', '--force'])).removed, 'shown');
    } finally {
      await window.dispose();
    }
  });

  test('names what is not there: SESSION_NOT_FOUND, TERMINAL_NOT_FOUND, VIEWER_NOT_FOUND', async () => {
    for (const call of [
      ['show'],
      ['attach'],
      ['kill'],
      ['rm'],
      ['restart'],
      ['snapshot'],
      ['output'],
      ['detach'],
    ]) {
      await provoke(holdfast, 'SESSION_NOT_FOUND', [...call, 'nobody']);
    }
    await provoke(holdfast, 'SESSION_NOT_FOUND', ['snapshot'], { env: { HOLDFAST_SESSION: 'nobody' } });
    await provoke(holdfast, 'TERMINAL_NOT_FOUND', ['show', 'shell:nothing']);
    await provoke(holdfast, 'VIEWER_NOT_FOUND', ['detach', '--viewer', 'nobody']);
  });

  test('takes a name that is taken, by an ended session too: SESSION_EXISTS', async () => {
    await provoke(holdfast, 'SESSION_EXISTS', ['new', 'shell']);
    await provoke(holdfast, 'SESSION_EXISTS', ['new', 'gone']);
    await provoke(holdfast, 'SESSION_EXISTS', ['rename', 'shell', 'gone']);
    const { session } = await holdfast.json<{ session: SessionInfo }>(['show', 'gone']);
    await provoke(holdfast, 'SESSION_EXISTS', ['new', session.id]);
    await provoke(holdfast, 'SESSION_EXISTS', ['rename', 'shell', session.id]);
    await provoke(holdfast, 'SESSION_EXISTS', ['spawn', 'shell', '--name', 'main']);
  });

  test('has been met with every code of this file', () => provoked.checkComplete());
});

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { Holdfast, Output, Terminal } from '../../daemon/client/index';
import type { Size } from '../../daemon/protocol/model';
import { SessionShow } from '../../daemon/protocol/sessions';
import { Place, until } from './clientFixture';

const ROOT = join(__dirname, '../..');

const readUntil = async (output: Output, wanted: string): Promise<string> => {
  let text = '';
  for await (const piece of output.text()) {
    text += piece;
    if (text.includes(wanted)) {
      return text;
    }
  }
  throw new Error(`the output ended without ${JSON.stringify(wanted)}: ${JSON.stringify(text)}`);
};

const readAll = async (terminal: Terminal): Promise<string> => {
  let text = '';
  for await (const piece of terminal.output.text()) {
    text += piece;
  }
  return text;
};

describe('the SDK', () => {
  let place: Place;
  let holdfast: Holdfast;
  beforeEach(async () => {
    place = new Place();
    holdfast = await place.sdk();
  });
  afterEach(() => place.leave());

  const shell = { program: 'bash', args: ['--norc', '-i'], cwd: '/' } as const;

  it('gives all that a short program writes, its exit code, and an end', async () => {
    const session = await holdfast.createSession(shell);
    const terminal = await session.spawn('sh', {
      args: ['-c', 'for i in $(seq 5000); do echo line $i; done; exit 7'],
    });
    const text = await readAll(terminal);
    assert.equal(text, Array.from({ length: 5000 }, (_, i) => `line ${i + 1}\r\n`).join(''));
    assert.deepEqual(await terminal.exited, { exitCode: 7, signal: null });
    assert.equal((await terminal.status()).state, 'exited');
    assert.equal(await session.isActive(), true);
  });

  it('types, and shows what stands on the screen to whoever attaches later', async () => {
    const session = await holdfast.createSession({ ...shell, name: 'work' });
    const first = await session.attach();
    first.write('echo first-$((20+1))\r');
    await readUntil(first.output, 'first-21');
    const second = await session.attach();
    assert.match(await readUntil(second.output, 'first-21'), /first-21/);
  });

  it('has resized a terminal when it says so', async () => {
    const session = await holdfast.createSession(shell);
    const terminal = await session.attach();
    for (let cols = 90; cols < 110; cols++) {
      await terminal.resize({ cols, rows: 30 });
      const status = await terminal.status();
      assert.deepEqual([status.cols, status.rows], [cols, 30]);
    }
    const { session: shown } = await holdfast.connection.call(SessionShow.type, {
      target: { text: session.id },
    });
    assert.equal(shown?.terminals[0]?.cols, 109);
  });

  it('resizes to what was asked for last, also when nobody waits', async () => {
    const session = await holdfast.createSession(shell);
    const terminal = await session.attach();
    const all = [100, 50, 70, 93].map((cols) => terminal.resize({ cols, rows: 30 }));
    await Promise.all(all);
    assert.equal((await terminal.status()).cols, 93);
    // It is this viewer's size, which another one's coming and going leaves alone.
    const other = await session.attach(undefined, { size: { cols: 60, rows: 20 } });
    assert.equal((await terminal.status()).cols, 60);
    other.detach();
    await until('its own size again', async () => (await terminal.status()).cols === 93);
    terminal.detach();
    await terminal.resize({ cols: 40, rows: 10 });
    assert.equal((await terminal.status()).cols, 93);
  });

  it('resizes as one viewer among those that keep it at the smallest of all', async () => {
    const session = await holdfast.createSession(shell);
    const terminal = await session.attach();
    const smallest = { size: { cols: 60, rows: 20 }, sizing: 'smallest' } as const;
    const other = await place.attach(holdfast.connection, session.id, smallest);
    const told: string[] = [];
    other.attachment.onResize(({ cols, rows }) => told.push(`${cols}x${rows}`));
    await terminal.resize({ cols: 100, rows: 40 });
    const { cols, rows } = await terminal.status();
    assert.deepEqual([cols, rows], [60, 20], 'what is in force when it says so');
    await terminal.resize({ cols: 50, rows: 40 });
    assert.equal((await terminal.status()).cols, 50);
    await until('the other viewer to know', () => told.at(-1) === '50x20');
    assert.ok(!told.includes('100x40'), 'a size that was never to be');
    other.attachment.detach();
    await until('its own size', async () => (await terminal.status()).rows === 40);
  });

  it('refuses a size that a terminal can not have', async () => {
    const session = await holdfast.createSession(shell);
    const terminal = await session.attach();
    const wrong: readonly unknown[] = [
      { cols: 1e9, rows: 5 },
      { cols: 0, rows: 0 },
      { cols: 80, rows: 1001 },
      { cols: 10.5, rows: 5 },
      {},
    ];
    for (const size of wrong) {
      await assert.rejects(terminal.resize(size as Size), { name: 'HoldfastError', code: 'INVALID_INPUT' });
    }
  });

  it('refuses what no environment can hold', async () => {
    const wrong: readonly unknown[] = [{ 'A=B': 'x' }, { '': 'x' }, { 'A\0': 'x' }, { A: 'x\0y' }, { A: 5 }];
    for (const env of wrong) {
      const options = { ...shell, env: env as Record<string, string> };
      await assert.rejects(holdfast.createSession(options), { name: 'HoldfastError', code: 'INVALID_INPUT' });
    }
  });

  it('lets one reader at a time have the output', async () => {
    const session = await holdfast.createSession(shell);
    const terminal = await session.spawn('sh', { args: ['-c', 'read line; echo $line'] });
    const first = readUntil(terminal.output, 'typed\r\ntyped');
    await assert.rejects(readUntil(terminal.output, 'typed'), {
      name: 'HoldfastError',
      code: 'INVALID_INPUT',
    });
    terminal.write('typed\n');
    assert.match(await first, /typed/);
  });

  it('detaching ends nothing but the viewing', async () => {
    const session = await holdfast.createSession(shell);
    const terminal = await session.attach();
    const reading = readAll(terminal);
    const events: string[] = [];
    const listening = (async () => {
      for await (const event of terminal.events) {
        events.push(event.type);
      }
    })();
    terminal.detach();
    terminal.detach();
    await reading;
    await listening;
    assert.equal(events.at(-1), 'detached');
    assert.throws(() => terminal.write('x'), { message: 'Terminal is detached' });
    const status = await terminal.status();
    assert.equal(status.state, 'running');
    assert.equal(await session.isActive(), true);
    await until('the daemon knows that nobody looks', async () => (await terminal.status()).viewers === 0);
  });

  it('learns of the end of a program that it no longer views', async () => {
    const session = await holdfast.createSession(shell);
    const terminal = await session.spawn('sh', { args: ['-c', 'read x; exit 5'] });
    terminal.detach();
    const again = await session.attach(terminal.id);
    again.write('\r');
    assert.deepEqual(await terminal.exited, { exitCode: 5, signal: null });
  });

  it('kills, twice if need be, and says what ended the program', async () => {
    const session = await holdfast.createSession(shell);
    const terminal = await session.spawn('sleep', { args: ['1000'] });
    assert.equal((await terminal.kill({ signal: 'SIGKILL' })).killed, 1);
    assert.deepEqual(await terminal.exited, { exitCode: null, signal: 'SIGKILL' });
    assert.equal((await terminal.kill()).killed, 0);
    await session.kill();
    assert.deepEqual(await session.kill(), { killed: 0, survivors: [] });
    assert.equal(await session.isActive(), false);
  });

  it('gives a program that a signal ended no exit code, in the event too', async () => {
    const session = await holdfast.createSession(shell);
    const terminal = await session.spawn('sh', { args: ['-c', 'kill -HUP $$'] });
    const ends: unknown[] = [];
    for await (const event of terminal.events) {
      if (event.type === 'exit') {
        ends.push(event);
      }
    }
    const { exitCode, signal } = await terminal.exited;
    assert.deepEqual({ exitCode, signal }, { exitCode: null, signal: 'SIGHUP' });
    assert.deepEqual(ends, [{ type: 'exit', exitCode, signal }]);
    const status = await terminal.status();
    assert.deepEqual([status.exitCode, status.signal], [exitCode, signal]);
  });

  it('starts nothing in an ended session', async () => {
    const session = await holdfast.createSession(shell);
    await session.kill();
    await assert.rejects(session.spawn('true'), { message: 'Session not active', code: 'SESSION_EXITED' });
  });

  it('disconnecting ends no program, and a later client finds it by its id', async () => {
    const session = await holdfast.createSession({ ...shell, env: { PROOF: 'kept' } });
    const terminal = await session.spawn('bash', { args: ['--norc', '-i'], name: 'side' });
    terminal.write('V=$((40+2))\r');
    await holdfast.disconnect();
    await holdfast.disconnect();
    await assert.rejects(terminal.exited, { code: 'DAEMON_UNAVAILABLE' });

    const later = await place.sdk();
    const found = await later.session(session.id);
    assert.deepEqual((await found.terminals()).map(({ name }) => name).sort(), ['main', 'side']);
    const again = await found.attach(terminal.id);
    again.write('echo "V is <$V>"\r');
    await readUntil(again.output, 'V is <42>');
  });

  it('ends what it has made when it was opened so', async () => {
    const owner = await place.sdk({ killOnDisconnect: true });
    const foreign = await holdfast.createSession(shell);
    const own = await owner.createSession(shell);
    const inForeign = await (await owner.session(foreign.id)).spawn('sleep', { args: ['1000'] });
    await owner.disconnect();
    assert.equal(await (await holdfast.session(own.id)).isActive(), false);
    assert.equal(await foreign.isActive(), true);
    assert.equal((await foreign.terminals()).find(({ id }) => id === inForeign.id)?.state, 'exited');
  });

  it('tells of a program that is not there, and leaves nothing behind', async () => {
    await assert.rejects(holdfast.createSession({ program: join(place.folder, 'no-such-program') }), {
      code: 'SPAWN_FAILED',
    });
    assert.deepEqual(await holdfast.sessions({ all: true }), []);
    await assert.rejects(holdfast.session('nobody'), { code: 'SESSION_NOT_FOUND' });
    assert.equal(existsSync(place.folder), true);
  });

  it('does what its page shows', {
    skip: !existsSync(join(ROOT, 'dist/client.js')) && 'dist/ is not built',
  }, async () => {
    const page = readFileSync(join(ROOT, 'docs/SDK.md'), 'utf8');
    const example = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const run = promisify(execFile);
    for (const time of ['first', 'second']) {
      const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', example], {
        cwd: ROOT,
        env: place.environment,
        timeout: 30_000,
      });
      assert.equal(stdout, 'building\r\ndone\r\nended with 3\nsdk-example is active: true\n', time);
    }
  });

  it('fails readably: Node shows the line that throws', {
    skip: !existsSync(join(ROOT, 'dist/client.js')) && 'dist/ is not built',
  }, async () => {
    const script = "require('holdfast/sdk').connect({ start: 'never' })";
    const failure = await promisify(execFile)(process.execPath, ['--eval', script], {
      cwd: ROOT,
      env: { ...place.environment, HOLDFAST_DATA_DIR: join(place.folder, 'nobody') },
      timeout: 30_000,
    }).then(
      () => assert.fail('there is a daemon'),
      (error: { readonly stderr: string }) => error.stderr,
    );
    assert.match(failure, /DAEMON_UNAVAILABLE/);
    assert.ok(failure.length < 5000, `${failure.length} characters: ${failure.slice(0, 300)}`);
  });

  it('forgets a session that has ended, so that its name is free', async () => {
    const session = await holdfast.createSession({ ...shell, name: 'again' });
    await assert.rejects(session.remove(), { code: 'SESSION_RUNNING' });
    const terminal = await session.attach();
    await session.kill();
    await terminal.exited;
    await session.remove();
    await session.remove();
    await assert.rejects(session.info(), { code: 'SESSION_NOT_FOUND' });
    const second = await holdfast.createSession({ ...shell, name: 'again' });
    assert.notEqual(second.id, session.id);
    await second.remove({ force: true });
    assert.deepEqual(await holdfast.sessions({ all: true }), []);
  });

  it('refuses what is typed into a program that has ended', async () => {
    const session = await holdfast.createSession(shell);
    const terminal = await session.spawn('true');
    await terminal.exited;
    assert.throws(() => terminal.write('x'), { name: 'HoldfastError', code: 'SESSION_EXITED' });
    await readAll(terminal);
    assert.throws(() => terminal.write('x'), { name: 'HoldfastError', code: 'SESSION_EXITED' });
  });

  it('a reader that stands still holds up nobody, and gets all of it later', async () => {
    const session = await holdfast.createSession(shell);
    const terminal = await session.spawn('sh', {
      args: ['-c', 'head -c 5000000 /dev/zero | tr "\\0" x; echo; echo DONE'],
    });
    assert.deepEqual(await terminal.exited, { exitCode: 0, signal: null });
    const text = await readAll(terminal);
    assert.equal(text.length, 5_000_000 + '\r\nDONE\r\n'.length);
    assert.match(text, /x\r\nDONE\r\n$/);
  });
});

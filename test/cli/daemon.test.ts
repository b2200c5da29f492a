import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { processesWith } from '../support/leaks';
import { Holdfast } from './support/holdfast';
import { until } from './support/until';

interface Status {
  readonly running: boolean;
  readonly pid: number;
  readonly ptyHostPid: number | null;
  readonly ptyHosts: readonly unknown[];
  readonly version: string;
  readonly protocol: number;
  readonly uptimeMs: number;
  readonly sessions: number;
  readonly viewers: number;
  readonly rssBytes: number;
  readonly socket: string;
  readonly dataDir: string;
}

describe('daemon', () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  test('starts, says what it is, is replaced under running programs, and stops', async () => {
    const started = await holdfast.json<Status>(['daemon', 'start', '--keep']);
    assert.equal(started.running, true);
    const session = await holdfast.create('kept', '--', 'cat');
    const status = await holdfast.json<Status>(['daemon', 'status']);
    assert.equal(status.pid, started.pid);
    assert.equal(status.sessions, 1);
    assert.equal(typeof status.ptyHostPid, 'number');
    assert.equal(status.ptyHosts.length, 1);
    assert.ok(status.uptimeMs >= 0 && status.rssBytes > 0 && status.viewers === 0 && status.protocol >= 1);
    assert.match(await holdfast.text(['daemon', 'status']), /^process: /);
    const restarted = await holdfast.json<Status>(['daemon', 'restart']);
    assert.notEqual(restarted.pid, status.pid);
    assert.equal(restarted.ptyHostPid, status.ptyHostPid);
    const [after] = await holdfast.sessions();
    assert.deepEqual([after?.id, after?.terminals[0]?.pid], [session.id, session.terminals[0]?.pid]);
    await holdfast.refused(4, 'SESSIONS_RUNNING', ['daemon', 'stop']);
    const doctor = await holdfast.json<{ ok: boolean; findings: { check: string; message: string }[] }>([
      'doctor',
    ]);
    assert.equal(doctor.ok, true, JSON.stringify(doctor.findings));
    const stopped = await holdfast.json<{ stopped: boolean; killed: number }>(['daemon', 'stop', '--force']);
    assert.deepEqual([stopped.stopped, stopped.killed], [true, 1]);
    assert.deepEqual(await holdfast.json(['daemon', 'status']), { running: false });
    await until(
      'every process to leave',
      () => processesWith(holdfast.folder).length === 0,
      () => processesWith(holdfast.folder),
    );
  });
});

describe('stopping by force', { skip: process.platform === 'win32' }, () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  test('ends the programs of a daemon that has left without them', async () => {
    await holdfast.create('left', '--', 'cat');
    const { pid } = await holdfast.json<Status>(['daemon', 'status']);
    // Told to go by the system, it leaves its programs to the next one, and no PTY host starts that.
    process.kill(pid, 'SIGTERM');
    await until(
      'the daemon to leave',
      async () => !(await holdfast.json<Status>(['daemon', 'status'])).running,
    );
    const stopped = await holdfast.json<{ stopped: boolean; killed: number }>(['daemon', 'stop', '--force']);
    assert.deepEqual([stopped.stopped, stopped.killed], [true, 1]);
    await until(
      'every process to leave',
      () => processesWith(holdfast.folder).length === 0,
      () => processesWith(holdfast.folder),
    );
  });
});

describe('twenty first calls at once', () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  test('start one daemon', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 20 }, () => holdfast.json<Status>(['daemon', 'start'])),
    );
    assert.equal(new Set(statuses.map(({ pid }) => pid)).size, 1);
  });
});

describe('a runtime folder that can not hold a socket', () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  test('is refused with a word on what to do', async () => {
    // The longest path a socket may have is 107 bytes on Linux and 103 on macOS.
    const folder = `${holdfast.folder}/`.padEnd(109 - '/d-xxxxxxxxxxxx.sock'.length, 's');
    const env = { HOLDFAST_SOCKET_DIR: folder };
    const error = await holdfast.refused(2, 'INVALID_INPUT', ['ls'], { env });
    assert.match(error.suggestion, /HOLDFAST_SOCKET_DIR/);
  });
});

describe('folders that others may read', () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  test('are refused and not repaired', { skip: process.platform === 'win32' }, async () => {
    const open = path.join(holdfast.folder, 'open');
    mkdirSync(open);
    chmodSync(open, 0o755);
    const error = await holdfast.refused(7, 'AUTH_FAILED', ['ls'], { env: { HOLDFAST_SOCKET_DIR: open } });
    assert.match(error.suggestion, /chmod 700/);
    assert.equal(statSync(open).mode & 0o777, 0o755);
  });
});

describe('events', () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  test('are told newest last, a line each, and followed', async () => {
    const session = await holdfast.create('noted', '--', 'cat');
    const past = (await holdfast.text(['events', '--json']))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; session?: string; time: number });
    assert.ok(past.some(({ event, session: id }) => event === 'session-created' && id === session.id));
    assert.deepEqual(
      past.map(({ time }) => time),
      past.map(({ time }) => time).toSorted((a, b) => a - b),
    );
    assert.match(await holdfast.text(['events']), /session-created {2}noted/);
    const follower = holdfast.start(['events', '--follow', '--json']);
    let text = '';
    follower.stdout?.on('data', (data: Buffer) => {
      text += data.toString();
    });
    await until('the past', () => text.includes('session-created'));
    await holdfast.json(['kill', 'noted']);
    await until(
      'the end of the program',
      () => text.includes('terminal-exited'),
      () => text,
    );
    assert.ok(
      text
        .trimEnd()
        .split('\n')
        .every((line) => typeof (JSON.parse(line) as { time: number }).time === 'number'),
    );
    const ended = new Promise<number | null>((resolve) => follower.once('close', resolve));
    follower.kill('SIGINT');
    assert.equal(await ended, 0);
  });
});

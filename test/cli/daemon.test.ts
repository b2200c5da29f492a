import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { processesWith } from '../support/leaks';
import { Holdfast, mainTerminal } from './support/holdfast';
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
  readonly keep: boolean;
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
    // Told to stay, it hands that on.
    assert.deepEqual([status.keep, restarted.keep], [true, true]);
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

describe('what was compiled', () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  const compiled = (): string[] => {
    const data = path.join(holdfast.folder, 'd');
    return readdirSync(data, { recursive: true, encoding: 'utf8' })
      .filter((name) =>
        /^[^/\\]+[/\\]runtime[/\\][^/\\]+[/\\]compile-cache[/\\]commandLine\.compiled$/.test(name),
      )
      .map((name) => path.join(data, name));
  };

  test('is kept with the copy of the program that runs, and programs hear nothing of it', async () => {
    const session = await holdfast.create('compiled', '--', 'cat');
    assert.deepEqual(compiled(), [], 'what starts a daemon is of no use to other calls');
    await holdfast.sessions();
    const [kept] = compiled();
    assert.ok(kept !== undefined, 'the command line was compiled and kept');
    const { ino, mtimeMs } = statSync(kept);
    assert.equal((await holdfast.sessions()).length, 1);
    // One that is not believed is replaced.
    const { ino: still, mtimeMs: written } = statSync(kept);
    assert.deepEqual([still, written], [ino, mtimeMs], 'the next call used it');
    if (process.platform === 'linux') {
      const environment = readFileSync(`/proc/${mainTerminal(session).pid}/environ`, 'latin1');
      assert.doesNotMatch(environment, /NODE_COMPILE_CACHE/);
    }
  });

  test('is made anew when it is broken', async () => {
    const [kept = ''] = compiled();
    const whole = readFileSync(kept);
    writeFileSync(kept, whole.subarray(0, whole.length / 2));
    assert.equal((await holdfast.sessions()).length, 1);
    assert.ok(readFileSync(kept).length > whole.length / 2, 'a whole one is in its place');
    assert.equal((await holdfast.sessions()).length, 1);
  });
});

describe('stopping by force', { skip: process.platform === 'win32' }, () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  test('names what programs have left behind when it ends them', {
    skip: process.platform !== 'linux' && '/proc',
  }, async () => {
    const file = path.join(holdfast.folder, 'left-behind');
    await holdfast.create(
      'leaver',
      '--',
      'sh',
      '-c',
      `(setsid sh -c 'echo $$ >${file}; exec sleep 1000' &); exec cat`,
    );
    await until('its pid', () => existsSync(file) && readFileSync(file, 'utf8') !== '');
    const pid = Number(readFileSync(file, 'utf8'));
    try {
      await until('its command', () => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('sleep'));
      const { stdout } = await holdfast.run(['daemon', 'stop', '--force']);
      assert.equal(stdout, `stopped; ended one program\nsurvived: ${pid} sleep 1000\n`);
    } finally {
      process.kill(pid, 'SIGKILL');
    }
  });

  test('ends the programs of a daemon that has left without them', async () => {
    await holdfast.create('left', '--', 'cat');
    const { pid, ptyHostPid } = await holdfast.json<Status>(['daemon', 'status']);
    // Told to go by the system, it leaves its programs to the next one, and no PTY host starts that.
    process.kill(pid, 'SIGTERM');
    await until(
      'the daemon to leave',
      async () => !(await holdfast.json<Status>(['daemon', 'status'])).running,
    );
    const said = `no daemon is running, but PTY host process ${ptyHostPid} still holds programs`;
    const running = { running: false, ptyHosts: [{ pid: ptyHostPid }] };
    assert.deepEqual(await holdfast.json(['daemon', 'status']), running);
    assert.equal(await holdfast.text(['daemon', 'status']), `${said}\n`);
    const { message, suggestion } = await holdfast.refused(4, 'SESSIONS_RUNNING', ['daemon', 'stop']);
    assert.equal(message, said);
    assert.match(suggestion, /holdfast daemon stop --force/);
    assert.deepEqual(await holdfast.json(['daemon', 'status']), running, 'asking has started none');
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

describe('stopping while many programs run', () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  test('names ten sessions and counts the others', async () => {
    for (let index = 1; index <= 12; index++) {
      await holdfast.create(`many-${index}`, '--', 'cat');
    }
    const { message } = await holdfast.refused(4, 'SESSIONS_RUNNING', ['daemon', 'stop']);
    assert.match(message, /in 12 sessions: (many-\d+, ){9}many-\d+ and 2 more$/);
  });
});

describe('SIGUSR1', { skip: process.platform !== 'linux' }, () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  /** Whether a process listens on TCP, as the inspector that Node starts at SIGUSR1 does; proc(5). */
  const listens = (pid: number): boolean => {
    const open = new Set(
      readFileSync('/proc/net/tcp', 'latin1')
        .split('\n')
        .map((line) => line.trim().split(/\s+/))
        .filter((fields) => fields[3] === '0A')
        .map((fields) => `socket:[${fields[9]}]`),
    );
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return open.has(readlinkSync(`/proc/${pid}/fd/${fd}`));
      } catch {
        // Closed between listing and reading.
        return false;
      }
    });
  };

  test('opens no inspector in the daemon and the PTY host, and ends neither', async () => {
    await holdfast.create('kept', '--', 'cat');
    const before = await holdfast.json<Status>(['daemon', 'status']);
    const pids = [before.pid, before.ptyHostPid ?? 0];
    for (const pid of pids) {
      process.kill(pid, 'SIGUSR1');
    }
    const end = Date.now() + 500;
    await until('half a second to be over', () => {
      assert.deepEqual(pids.filter(listens), []);
      return Date.now() > end;
    });
    const after = await holdfast.json<Status>(['daemon', 'status']);
    assert.deepEqual([after.pid, after.ptyHostPid], pids);
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
    await holdfast.create('ringer', '--', 'sh', '-c', "printf '\\a'; exec cat");
    await until('the bell', async () => /bell {2}ringer/.test(await holdfast.text(['events'])));
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

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { resolveLocations } from '../../daemon/platform/locations';
import { ownIdentity } from '../../daemon/platform/processIdentity';
import type { DaemonStatus } from '../../daemon/protocol/daemon';
import { ENDPOINT_FILE, type EndpointRecord } from '../../daemon/protocol/endpoint';
import type { SessionResurrectAll } from '../../daemon/protocol/sessions';
import { listen } from '../../daemon/transport/accept';
import { CLI, Holdfast } from './support/holdfast';
import { Provoked } from './support/provoke';
import { noSmallDisk, onSmallDisk } from './support/smallDisk';
import { TerminalWindow } from './support/terminalWindow';

const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
const asRoot = { skip: isRoot ? false : 'needs root on Linux' };

const provoked = new Provoked('errorsOfPlace.test.ts');
const provoke: Provoked['by'] = (...args) => provoked.by(...args);

const endpointFile = (holdfast: Holdfast): string =>
  path.join(resolveLocations(holdfast.env).dataDir, ENDPOINT_FILE);

const names = async (holdfast: Holdfast): Promise<readonly string[]> =>
  (await holdfast.sessions('--all')).map(({ name }) => name);

describe('a disk that is full', { skip: noSmallDisk() }, () => {
  const holdfast = new Holdfast();
  const filler = path.join(onSmallDisk(holdfast), 'filler');

  test('refuses sessions with STORE_ERROR, and takes them when there is room', async () => {
    await holdfast.create('before', '--', 'cat');
    spawnSync('sh', ['-c', 'cat /dev/zero > "$0"', filler]);
    // More than what may be left of the log's last block.
    const env = ['--env', `LONG=${'x'.repeat(10_000)}`] as const;
    const error = await provoke(holdfast, 'STORE_ERROR', ['new', 'full', ...env, '--', 'cat']);
    assert.match(error.suggestion, /space/);
    await provoke(holdfast, 'STORE_ERROR', ['spawn', 'before', ...env, '--', 'cat']);
    const [only, ...others] = await holdfast.sessions('--all');
    assert.deepEqual([only?.name, only?.terminals.length, others], ['before', 1, []]);
    rmSync(filler);
    await holdfast.create('full', ...env, '--', 'cat');
    await holdfast.json(['spawn', 'before', ...env, '--', 'cat']);
    assert.deepEqual(await names(holdfast), ['before', 'full']);
  });
});

describe('a limit of terminals', () => {
  const holdfast = new Holdfast({ HOLDFAST_SESSION_LIMIT: '1' });
  after(() => holdfast.dispose());

  test('ends in SESSION_LIMIT until one has ended', async () => {
    await holdfast.create('one', '--', 'cat');
    await provoke(holdfast, 'SESSION_LIMIT', ['new', 'two', '--', 'cat']);
    await provoke(holdfast, 'SESSION_LIMIT', ['spawn', 'one', '--', 'cat']);
    assert.deepEqual(await names(holdfast), ['one']);
    await holdfast.json(['kill', 'one']);
    await holdfast.create('two', '--', 'cat');
  });
});

describe('a system without a free PTY', asRoot, () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  test('ends in SESSION_LIMIT, and leaves nothing behind', async () => {
    // A devpts of its own, where the daemon and its PTY host are alone with a single PTY.
    const devpts = 'mount -t devpts -o newinstance,ptmxmode=0666,max=1 devpts /dev/pts';
    const start = await holdfast.shell(
      `exec unshare -m sh -c '${devpts} && exec "$0" "$1" --json daemon start' "${process.execPath}" "${CLI}"`,
    );
    assert.equal(start.status, 0, start.stderr);
    await holdfast.create('one', '--', 'cat');
    const error = await provoke(holdfast, 'SESSION_LIMIT', ['new', 'two', '--', 'cat']);
    assert.match(error.message, /no further terminal can be opened/);
    await provoke(holdfast, 'SESSION_LIMIT', ['spawn', 'one', '--name', 'second', '--', 'cat']);
    const [one, ...others] = await holdfast.sessions('--all');
    assert.deepEqual([one?.name, one?.terminals.length, others], ['one', 1, []]);
    await holdfast.json(['kill', 'one']);
    await holdfast.create('two', '--', 'cat');
  });
});

describe('a process that hangs', { skip: process.platform === 'win32' }, () => {
  const holdfast = new Holdfast();
  const stopped = new Set<number>();
  const resume = (): void => {
    for (const pid of stopped) {
      process.kill(pid, 'SIGCONT');
    }
    stopped.clear();
  };
  const stop = (pid: number): void => {
    process.kill(pid, 'SIGSTOP');
    stopped.add(pid);
  };
  after(async () => {
    resume();
    await holdfast.dispose();
  });

  test('is SESSION_UNREACHABLE when it holds the PTYs: nothing is assumed, and all is there when it goes on', async () => {
    const session = await holdfast.create('held', '--', 'cat');
    const { ptyHostPid } = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
    stop(ptyHostPid ?? assert.fail());
    for (const call of [
      ['snapshot', 'held'],
      ['type', 'held', 'x'],
      ['rm', 'held'],
      ['resurrect', 'held'],
    ]) {
      await provoke(holdfast, 'SESSION_UNREACHABLE', call, { atOnce: true });
    }
    assert.equal((await holdfast.sessions())[0]?.state, 'unreachable');
    resume();
    await holdfast.untilState('held', 'running');
    const [again] = await holdfast.sessions();
    assert.equal(again?.terminals[0]?.pid, session.terminals[0]?.pid);
    await holdfast.json(['type', 'held', 'x']);
  });

  test('is DAEMON_UNAVAILABLE when it is the daemon', async () => {
    const { pid } = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
    stop(pid);
    const error = await provoke(holdfast, 'DAEMON_UNAVAILABLE', ['daemon', 'status'], { atOnce: true });
    assert.match(error.message, /does not answer/);
    resume();
    assert.equal((await holdfast.json<DaemonStatus.Result>(['daemon', 'status'])).pid, pid);
  });
});

describe('what a reboot or the death of a PTY host took', { skip: process.platform === 'win32' }, () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  test('is started again by resurrect, in words that fit; RESURRECT_NEVER where somebody said so', async () => {
    for (const name of ['asked', 'left', 'ended']) {
      await holdfast.create(name, '--', ...(name === 'ended' ? ['true'] : ['cat']));
    }
    await holdfast.untilState('ended', 'exited');
    await holdfast.refused(4, 'SESSION_RUNNING', ['resurrect', 'asked']);
    await holdfast.refused(4, 'SESSION_EXITED', ['resurrect', 'ended']);
    await holdfast.refused(5, 'SESSION_NOT_FOUND', ['resurrect', 'nobody', '--run']);
    await holdfast.refused(2, 'INVALID_INPUT', ['resurrect', 'asked', '--all']);
    await holdfast.refused(2, 'INVALID_INPUT', ['set', 'left', '--resurrect', 'maybe']);
    assert.equal(await holdfast.text(['resurrect', '--all']), 'nothing is lost\n');
    await holdfast.text(['set', 'left', '--resurrect', 'never']);
    const { ptyHostPid } = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
    process.kill(ptyHostPid ?? assert.fail(), 'SIGKILL');
    await holdfast.untilState('left', 'lost');
    await holdfast.untilState('asked', 'lost');
    const { suggestion } = await provoke(holdfast, 'RESURRECT_NEVER', ['resurrect', 'left']);
    assert.match(suggestion, /holdfast set left --resurrect ask/);
    assert.match(
      (await holdfast.refused(4, 'SESSION_EXITED', ['type', 'asked', 'x'])).suggestion,
      /resurrect asked/,
    );
    for (const call of [
      ['type', 'left', 'x'],
      ['spawn', 'left'],
    ]) {
      assert.match(
        (await holdfast.refused(4, 'SESSION_EXITED', call)).suggestion,
        /^Run 'holdfast restart left'/,
      );
    }
    const window = new TerminalWindow({ cwd: holdfast.work, env: holdfast.env });
    try {
      window.type(`"${process.execPath}" "${CLI}" attach asked\r`);
      await window.shows(/^hint: Run 'holdfast resurrect asked' for a shell/);
    } finally {
      await window.dispose();
    }
    const { sessions, failed } = await holdfast.json<SessionResurrectAll.Result>([
      'resurrect',
      '--all',
      '--run',
    ]);
    assert.deepEqual(
      [sessions.map(({ name, state }) => [name, state]), failed],
      [[['asked', 'running']], []],
    );
    await holdfast.text(['set', 'left', '--resurrect', 'ask']);
    assert.equal(await holdfast.text(['resurrect', 'left']), 'resurrected left\n');
  });
});

describe('what answers for the daemon', () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  test('and speaks another protocol is a PROTOCOL_MISMATCH', async () => {
    const { runtimeDir, dataDir } = resolveLocations(holdfast.env);
    mkdirSync(runtimeDir, { recursive: true, mode: 0o700 });
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const socket = path.join(runtimeDir, 'far-future.sock');
    const protocol = { min: 99, max: 99 };
    const server = await listen({
      path: socket,
      token: 'secret',
      version: '99.0.0',
      protocol,
      onControl: ({ socket: peer }) => peer.destroy(),
    });
    try {
      const record: EndpointRecord = {
        ...ownIdentity(),
        socket,
        token: 'secret',
        version: '99.0.0',
        buildId: 'future',
        protocol,
        startedAt: Date.now(),
      };
      writeFileSync(endpointFile(holdfast), JSON.stringify(record), { mode: 0o600 });
      const error = await provoke(holdfast, 'PROTOCOL_MISMATCH', ['ls']);
      assert.match(error.message, /99\.0\.0/);
      assert.match(error.suggestion, /Update this client/);
      writeFileSync(endpointFile(holdfast), JSON.stringify({ ...record, version: '0.0.1' }));
      const older = await provoke(holdfast, 'PROTOCOL_MISMATCH', ['ls']);
      assert.match(older.suggestion, new RegExp(`'kill ${record.pid}' ends that daemon alone`));
      await provoke(holdfast, 'PROTOCOL_MISMATCH', ['daemon', 'status']);
    } finally {
      server.dispose();
      rmSync(socket, { force: true });
      rmSync(endpointFile(holdfast));
    }
  });

  test('and does not know the token is AUTH_FAILED', async () => {
    const other = new Holdfast();
    try {
      // Its own daemon would mend its file at once.
      await holdfast.json(['daemon', 'start']);
      await holdfast.json(['daemon', 'stop']);
      await other.json(['daemon', 'start']);
      const theirs = JSON.parse(readFileSync(endpointFile(other), 'utf8')) as EndpointRecord;
      writeFileSync(endpointFile(holdfast), JSON.stringify({ ...theirs, token: 'guessed' }), { mode: 0o600 });
      await provoke(holdfast, 'AUTH_FAILED', ['ls']);
      rmSync(endpointFile(holdfast));
      await holdfast.json(['ls']);
    } finally {
      await other.dispose();
    }
  });
});

describe('an installation that is not whole', () => {
  const copy = new Holdfast();
  const dist = path.join(copy.folder, 'dist');
  cpSync(path.dirname(CLI), dist, { recursive: true });
  const holdfast = new Holdfast({}, path.join(dist, 'cli.js'));
  after(async () => {
    await holdfast.dispose();
    await copy.dispose();
  });

  test('is an INTERNAL_ERROR where nothing else fits, and the programs run on', async () => {
    rmSync(path.join(dist, 'screenWorker.js'));
    await holdfast.create('blind', '--', 'cat');
    await provoke(holdfast, 'INTERNAL_ERROR', ['snapshot', 'blind']);
    assert.equal((await holdfast.sessions())[0]?.state, 'running');
  });
});

describe('every code of this file', { skip: asRoot.skip || noSmallDisk() }, () => {
  test('was met', () => provoked.checkComplete());
});

import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { resolveLocations } from '../../daemon/platform/locations';
import { processState } from '../../daemon/platform/processIdentity';
import type { DaemonStatus } from '../../daemon/protocol/daemon';
import type { WireError } from '../../daemon/protocol/errors';
import { Holdfast } from './support/holdfast';
import { noRights, underRights } from './support/rights';
import { until } from './support/until';

interface Findings {
  readonly findings: readonly {
    readonly check: string;
    readonly status: string;
    readonly message: string;
    readonly suggestion?: string;
  }[];
}

describe('where the user may not write', { skip: noRights() }, () => {
  let holdfast: Holdfast;
  const changed = new Set<string>();
  beforeEach(() => {
    holdfast = new Holdfast({}, undefined, underRights);
  });
  afterEach(async () => {
    for (const place of changed) {
      chmodSync(place, 0o700);
    }
    changed.clear();
    await holdfast.dispose();
  });
  const restrict = (place: string, mode: number): void => {
    changed.add(place);
    chmodSync(place, mode);
  };
  /** What doctor says is broken; it has to end with 1. */
  const broken = async (): Promise<Findings['findings']> => {
    const { status, stdout, stderr } = await holdfast.run(['--json', 'doctor']);
    assert.equal(stderr, '');
    assert.equal(status, 1, stdout);
    return (JSON.parse(stdout) as Findings).findings.filter((finding) => finding.status === 'error');
  };
  const names = (error: WireError, place: string, hint: RegExp): void => {
    assert.ok(error.message.includes(place), error.message);
    assert.match(error.message, /EACCES/);
    assert.match(error.suggestion, hint);
  };

  test('sockets, the call and doctor name the runtime folder', async () => {
    const { runtimeDir } = resolveLocations(holdfast.env);
    await holdfast.json(['daemon', 'start']);
    await holdfast.json(['daemon', 'stop']);
    restrict(runtimeDir, 0o500);
    names(await holdfast.refused(7, 'DAEMON_UNAVAILABLE', ['ls']), runtimeDir, /HOLDFAST_SOCKET_DIR/);
    const found = await broken();
    assert.deepEqual(
      found.map(({ check }) => check),
      ['runtime folder'],
    );
    assert.match(found[0]?.suggestion ?? '', /HOLDFAST_SOCKET_DIR/);
  });

  test('the log of the store, the call and doctor name it', async () => {
    const { dataDir } = resolveLocations(holdfast.env);
    const { pid } = await holdfast.json<DaemonStatus.Result>(['daemon', 'start']);
    // One that leaves by itself writes the database, and the next begins another log.
    process.kill(pid, 'SIGKILL');
    await until('the daemon to be gone', () => processState(pid, null) === 'dead');
    const log = readdirSync(dataDir).find((name) => /^holdfast\.log\.\d+$/.test(name));
    assert.ok(log !== undefined, readdirSync(dataDir).join());
    restrict(path.join(dataDir, log), 0o400);
    names(await holdfast.refused(7, 'DAEMON_UNAVAILABLE', ['ls']), dataDir, /HOLDFAST_DATA_DIR/);
    const all = await broken();
    const found = all.find(({ check }) => check === 'store');
    // The daemon that failed has left its last words, which doctor repeats.
    assert.deepEqual(
      all.filter((finding) => finding !== found).map(({ check }) => check),
      ['endpoint'],
    );
    assert.ok(found?.message.includes(log), found?.message);
  });

  test('a folder in the place of the store’s log: the call and doctor name it, and the next call works without it', async () => {
    const { dataDir } = resolveLocations(holdfast.env);
    await holdfast.json(['daemon', 'start']);
    await holdfast.json(['daemon', 'stop']);
    const log = path.join(dataDir, 'holdfast.log.9');
    mkdirSync(log);
    const error = await holdfast.refused(7, 'DAEMON_UNAVAILABLE', ['ls']);
    assert.ok(error.message.includes(log), error.message);
    assert.match(error.suggestion ?? '', /move it away/);
    const found = (await broken()).find(({ check }) => check === 'store');
    assert.ok(found?.message.includes(log), found?.message);
    assert.match(found?.suggestion ?? '', /move it away/);
    rmdirSync(log);
    assert.deepEqual(await holdfast.sessions(), []);
  });

  test('the data folder under a running daemon: it stays, and what needs the folder says so', async () => {
    const { dataDir } = resolveLocations(holdfast.env);
    await holdfast.create('kept', '--', 'cat');
    const before = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
    restrict(dataDir, 0o500);
    restrict(path.join(dataDir, 'journals'), 0o500);
    names(await holdfast.refused(1, 'STORE_ERROR', ['new', 'y', '--', 'cat']), dataDir, /HOLDFAST_DATA_DIR/);
    names(
      await holdfast.refused(7, 'DAEMON_UNAVAILABLE', ['daemon', 'restart']),
      dataDir,
      /HOLDFAST_DATA_DIR/,
    );
    assert.equal((await holdfast.json<DaemonStatus.Result>(['daemon', 'status'])).pid, before.pid);
    assert.deepEqual(
      (await holdfast.sessions()).map(({ name, state }) => [name, state]),
      [['kept', 'running']],
    );
    assert.ok((await broken()).some(({ check }) => check === 'data folder'));
    const stopped = await holdfast.run(['--json', 'daemon', 'stop', '--force']);
    assert.equal(stopped.status, 0, stopped.stderr);
  });

  test('the data folder can not be looked into: nobody says that no daemon runs', async () => {
    const { dataDir } = resolveLocations(holdfast.env);
    const session = await holdfast.create('kept', '--', 'cat');
    restrict(dataDir, 0o000);
    for (const call of [
      ['daemon', 'status'],
      ['daemon', 'stop'],
      ['daemon', 'stop', '--force'],
      ['daemon', 'restart'],
      ['ls'],
    ]) {
      names(await holdfast.refused(7, 'AUTH_FAILED', call), dataDir, /chmod 700/);
    }
    const { stdout } = await holdfast.run(['--json', 'doctor']);
    const { findings } = JSON.parse(stdout) as Findings;
    for (const check of ['data folder', 'endpoint']) {
      const [found, ...others] = findings.filter((finding) => finding.check === check);
      assert.deepEqual([found?.status, others], ['error', []]);
      assert.match(found?.message ?? '', /can't be looked into/);
    }
    assert.doesNotMatch(stdout, /no daemon is running|holdfast doctor/);
    chmodSync(dataDir, 0o700);
    const [again] = await holdfast.sessions();
    assert.deepEqual([again?.id, again?.state], [session.id, 'running']);
  });

  test('the records of PTY hosts can not be looked into: nobody says that there was nothing to end', async () => {
    const { dataDir } = resolveLocations(holdfast.env);
    await holdfast.create('kept', '--', 'cat');
    const { pid } = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
    // Told to go by the system, it leaves its programs to the next one, and no PTY host starts that.
    process.kill(pid, 'SIGTERM');
    await until('the daemon to be gone', () => processState(pid, null) === 'dead');
    restrict(path.join(dataDir, 'hosts'), 0o000);
    const error = await holdfast.refused(7, 'AUTH_FAILED', ['daemon', 'stop', '--force']);
    assert.ok(error.message.includes(path.join(dataDir, 'hosts')), error.message);
    chmodSync(path.join(dataDir, 'hosts'), 0o700);
    assert.equal((await holdfast.sessions())[0]?.state, 'running');
  });

  test('the data folder with no daemon: every call that needs one names it', async () => {
    const { dataDir } = resolveLocations(holdfast.env);
    await holdfast.json(['daemon', 'start']);
    await holdfast.json(['daemon', 'stop']);
    restrict(dataDir, 0o500);
    for (const call of [['ls'], ['kill', 'x'], ['daemon', 'restart']]) {
      names(await holdfast.refused(7, 'DAEMON_UNAVAILABLE', call), dataDir, /HOLDFAST_DATA_DIR/);
    }
    assert.deepEqual(
      (await broken()).map(({ check }) => check),
      ['data folder'],
    );
    assert.doesNotMatch(readFileSync(path.join(dataDir, 'logs', 'daemon.log'), 'utf8'), /INTERNAL_ERROR/);
  });
});

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { resolveLocations } from '../../daemon/platform/locations';
import { processState } from '../../daemon/platform/processIdentity';
import type { DaemonStatus } from '../../daemon/protocol/daemon';
import { ENDPOINT_FILE, type EndpointRecord } from '../../daemon/protocol/endpoint';
import { processesWith } from '../support/leaks';
import { Holdfast, mainTerminal } from './support/holdfast';
import { until } from './support/until';

interface Findings {
  readonly findings: readonly {
    readonly check: string;
    readonly status: string;
    readonly message: string;
    readonly suggestion?: string;
  }[];
}

const ofDaemon = (holdfast: Holdfast): Promise<DaemonStatus.Result> => holdfast.json(['daemon', 'status']);

describe('a daemon that is stopped', { skip: process.platform === 'win32' }, () => {
  const holdfast = new Holdfast();
  let stopped: number | undefined;
  const stop = async (): Promise<DaemonStatus.Result> => {
    const status = await ofDaemon(holdfast);
    stopped = status.pid;
    process.kill(status.pid, 'SIGSTOP');
    return status;
  };
  after(async () => {
    if (stopped !== undefined && processState(stopped, null) !== 'dead') {
      process.kill(stopped, 'SIGCONT');
    }
    await holdfast.dispose();
  });

  test('is named by doctor, with what goes on without it and what ends it alone', async () => {
    const session = await holdfast.create('kept', '--', 'cat');
    const { pid, ptyHostPid } = await stop();
    const { status, stdout } = await holdfast.run(['--json', 'doctor']);
    assert.equal(status, 1);
    const { findings } = JSON.parse(stdout) as Findings;
    const [found, ...others] = findings.filter(({ check }) => check === 'daemon');
    assert.deepEqual(others, []);
    assert.equal(found?.status, 'error');
    assert.match(found?.message ?? '', new RegExp(`process ${pid} .*does not answer`));
    assert.match(
      found?.message ?? '',
      new RegExp(`programs live in the PTY host \\(process ${ptyHostPid}\\)`),
    );
    assert.match(found?.suggestion ?? '', new RegExp(`kill -9 ${pid}' ends the daemon alone`));
    assert.match(found?.suggestion ?? '', /holdfast daemon restart/);
    if (process.platform === 'linux') {
      assert.match(found?.suggestion ?? '', new RegExp(`kill -CONT ${pid}`));
    }
    assert.deepEqual(
      findings.filter(({ suggestion }) => suggestion?.includes('holdfast doctor') === true),
      [],
    );
    // Nothing else ends it: not even a call that would stop one that answers.
    const error = await holdfast.refused(7, 'DAEMON_UNAVAILABLE', ['daemon', 'stop'], { atOnce: true });
    assert.match(error.suggestion, /holdfast daemon restart/);
    assert.notEqual(processState(pid, null), 'dead');

    const next = await holdfast.json<DaemonStatus.Result>(['daemon', 'restart']);
    assert.notEqual(next.pid, pid);
    assert.equal(processState(pid, null), 'dead');
    assert.equal(next.ptyHostPid, ptyHostPid);
    const [again] = await holdfast.sessions();
    assert.deepEqual([again?.state, again?.id], ['running', session.id]);
    assert.equal(mainTerminal(again ?? assert.fail()).pid, mainTerminal(session).pid);
  });

  test('is ended with its programs by stopping by force', async () => {
    const { pid } = await stop();
    const result = await holdfast.json<{ stopped: boolean; killed: number }>(['daemon', 'stop', '--force']);
    assert.deepEqual([result.stopped, result.killed], [true, 1]);
    assert.equal(processState(pid, null), 'dead');
    await until(
      'every process to leave',
      () => processesWith(holdfast.folder).length === 0,
      () => processesWith(holdfast.folder),
    );
  });

  test('is replaced by one that stays too, where it was to stay', async () => {
    const keptOf = async (): Promise<boolean> => {
      const { pid } = await stop();
      const next = await holdfast.json<DaemonStatus.Result>(['daemon', 'restart']);
      assert.notEqual(next.pid, pid);
      return next.keep;
    };
    await holdfast.json(['daemon', 'start', '--keep']);
    // No PTY host runs, which would know.
    assert.equal(await keptOf(), true);
    await holdfast.json(['daemon', 'stop', '--force']);
    await holdfast.json(['daemon', 'start']);
    assert.equal(await keptOf(), false);
    await holdfast.json(['daemon', 'stop', '--force']);
  });

  test('and has not said where it is, is ended by stopping by force, and started by nobody', async () => {
    await holdfast.json(['daemon', 'start']);
    const { pid, dataDir } = await stop();
    rmSync(path.join(dataDir, ENDPOINT_FILE));
    const error = await holdfast.refused(7, 'DAEMON_UNAVAILABLE', ['daemon', 'stop'], { atOnce: true });
    assert.match(error.message, new RegExp(`process ${pid}`));
    const result = await holdfast.json<Record<string, unknown>>(['daemon', 'stop', '--force']);
    assert.deepEqual(result, { stopped: true, running: false, pid, killed: 0 });
    assert.deepEqual(await holdfast.json(['daemon', 'status']), { running: false });
  });
});

describe('another socket in the place of', { skip: process.platform === 'win32' }, () => {
  const holdfast = new Holdfast();
  let other: Server | undefined;
  afterEach(() => {
    other?.close();
    other = undefined;
  });
  after(() => holdfast.dispose());
  const { dataDir, runtimeDir } = resolveLocations(holdfast.env);

  /** Moves a socket away, and listens under its name without an answer to anybody. */
  const take = async (prefix: string): Promise<void> => {
    const name = readdirSync(runtimeDir).find((entry) => entry.startsWith(prefix)) ?? assert.fail();
    const socket = path.join(runtimeDir, name);
    renameSync(socket, `${socket}.moved`);
    rmSync(`${socket}.moved`);
    const server = createServer();
    other = server;
    await new Promise<void>((resolve) => server.listen(socket, resolve));
  };

  test('the daemon’s: it listens anew, and the same one is found', async () => {
    await holdfast.create('kept', '--', 'cat');
    const before = await ofDaemon(holdfast);
    await take('d-');
    assert.equal((await holdfast.sessions()).length, 1);
    const now = await ofDaemon(holdfast);
    assert.equal(now.pid, before.pid);
    assert.notEqual(now.socket, before.socket);
    const record = JSON.parse(readFileSync(path.join(dataDir, ENDPOINT_FILE), 'utf8')) as EndpointRecord;
    assert.equal(record.socket, now.socket);
  });

  test('the PTY host’s: it listens anew, and the next daemon has its programs', async () => {
    const [session] = await holdfast.sessions();
    await take('h-');
    await holdfast.json(['daemon', 'restart']);
    await holdfast.untilState('kept', 'running');
    const [again] = await holdfast.sessions();
    assert.equal(mainTerminal(again ?? assert.fail()).pid, mainTerminal(session ?? assert.fail()).pid);
    await holdfast.json(['type', 'kept', 'x']);
  });
});

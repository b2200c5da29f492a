import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { resolveLocations } from '../../daemon/platform/locations';
import { processState } from '../../daemon/platform/processIdentity';
import type { DaemonStatus } from '../../daemon/protocol/daemon';
import type { SessionInfo } from '../../daemon/protocol/model';
import { processesWith } from '../support/leaks';
import { Holdfast, mainTerminal } from './support/holdfast';
import { until } from './support/until';

const PROGRAM = path.join(__dirname, 'support/hangingDaemon.ts');
const ROOT = path.join(__dirname, '../..');

describe('a daemon that hangs in an endless loop once it is asked to leave', {
  skip: process.platform === 'win32',
}, () => {
  const holdfast = new Holdfast();
  const { dataDir, runtimeDir } = resolveLocations(holdfast.env);
  let hanging: ChildProcess | undefined;
  afterEach(() => {
    hanging?.kill('SIGKILL');
    hanging = undefined;
  });
  after(() => holdfast.dispose());

  const statusOf = (): Promise<DaemonStatus.Result> => holdfast.json(['daemon', 'status']);
  /** Puts it in the place of the daemon, and before another that the PTY host starts. @returns its process */
  const hang = async (): Promise<number> => {
    const { pid, ptyHostPid } = await statusOf();
    const host = ptyHostPid ?? assert.fail();
    process.kill(host, 'SIGSTOP');
    try {
      process.kill(pid, 'SIGKILL');
      await until('the daemon to end', () => processState(pid, null) === 'dead');
      const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, dataDir, runtimeDir], {
        cwd: ROOT,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      hanging = child;
      await once(child.stdout, 'data');
      return child.pid ?? assert.fail();
    } finally {
      process.kill(host, 'SIGCONT');
    }
  };
  const isSame = async (before: SessionInfo): Promise<void> => {
    const [again] = await holdfast.sessions();
    assert.deepEqual([again?.state, again?.id], ['running', before.id]);
    assert.equal(mainTerminal(again ?? assert.fail()).pid, mainTerminal(before).pid);
  };

  test('is named by each call that waits for it, and what to do; restarting replaces it, and programs go on', async () => {
    const session = await holdfast.create('kept', '--', 'cat');
    const pid = await hang();
    // It has greeted, and says nothing more; those that come later it does not even greet.
    const first = await holdfast.run(['--json', 'daemon', 'stop']);
    const later = [['daemon', 'stop'], ['ls']].map((args) => holdfast.run(['--json', ...args]));
    for (const { status, stdout, stderr } of [first, ...(await Promise.all(later))]) {
      assert.deepEqual([status, stdout], [7, '']);
      const { code, message, suggestion } = JSON.parse(stderr) as Record<string, string>;
      assert.equal(code, 'DAEMON_UNAVAILABLE');
      assert.equal(message, `the daemon (process ${pid}) runs but does not answer`);
      assert.match(suggestion ?? '', /'holdfast daemon restart' puts another in its place/);
      assert.match(suggestion ?? '', /Programs are not the daemon's, and go on\./);
    }
    assert.notEqual(processState(pid, null), 'dead', 'nobody has asked for its end');
    const next = await holdfast.json<DaemonStatus.Result>(['daemon', 'restart']);
    assert.equal(next.running, true);
    assert.equal(processState(pid, null), 'dead');
    await isSame(session);
  });

  test('is replaced by the call that has made it hang', async () => {
    const [session = assert.fail()] = await holdfast.sessions();
    const pid = await hang();
    const next = await holdfast.json<DaemonStatus.Result>(['daemon', 'restart']);
    assert.notEqual(next.pid, pid);
    assert.equal(processState(pid, null), 'dead');
    await isSame(session);
  });

  test('is ended with the programs by stopping by force', async () => {
    const pid = await hang();
    const result = await holdfast.json<{ stopped: boolean; killed: number }>(['daemon', 'stop', '--force']);
    assert.deepEqual([result.stopped, result.killed], [true, 1]);
    assert.equal(processState(pid, null), 'dead');
    await until(
      'every process to leave',
      () => processesWith(holdfast.folder).length === 0,
      () => processesWith(holdfast.folder),
    );
  });
});

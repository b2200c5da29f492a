import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type ProcessIdentity, processState, startTimeOf } from '../platform/processIdentity';
import { type EndpointRecord, LOCK_PREFIX } from '../protocol/endpoint';
import { endSilentDaemon } from './silentDaemon';

/** Stands for a daemon: says that it is ready, then hears SIGTERM or does not. */
const program = (onTerm: string): string =>
  `process.on('SIGTERM', () => { ${onTerm} }); console.log('ready'); setInterval(() => undefined, 1000);`;

describe('ending a daemon that does not answer', { skip: process.platform === 'win32' }, () => {
  let folder: string;
  let child: ChildProcess;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hf-silent-'));
  });
  afterEach(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (onTerm: string): Promise<EndpointRecord> => {
    child = spawn(process.execPath, ['-e', program(onTerm)], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout ?? assert.fail(), 'data');
    const pid = child.pid ?? assert.fail();
    return {
      pid,
      startTime: startTimeOf(pid),
      socket: join(folder, 'none.sock'),
      token: 'token',
      version: '1.0.0',
      buildId: 'test',
      protocol: { min: 1, max: 1 },
      startedAt: 0,
    };
  };
  const lock = ({ pid, startTime }: ProcessIdentity): void =>
    writeFileSync(join(folder, `${LOCK_PREFIX}1`), JSON.stringify({ pid, startTime }));

  it('tells one that hears to leave', async () => {
    const daemon = await start('process.exit(7);');
    lock(daemon);
    const ended = once(child, 'exit');
    await endSilentDaemon(folder, daemon);
    assert.deepEqual(await ended, [7, null]);
  });

  it('kills one that does not hear, and one that is stopped without a wait', async () => {
    const deaf = await start('');
    lock(deaf);
    const ended = once(child, 'exit');
    await endSilentDaemon(folder, deaf);
    assert.deepEqual(await ended, [null, 'SIGKILL']);

    const stopped = await start('process.exit(7);');
    lock(stopped);
    process.kill(stopped.pid, 'SIGSTOP');
    const stoppedEnded = once(child, 'exit');
    await endSilentDaemon(folder, stopped);
    assert.deepEqual(await stoppedEnded, [null, 'SIGKILL']);
  });

  it('touches nobody that its lock does not name, or whose start time is not known', async () => {
    const daemon = await start('process.exit(7);');
    const isRefused = (record: EndpointRecord): Promise<void> =>
      assert.rejects(endSilentDaemon(folder, record), {
        code: 'DAEMON_UNAVAILABLE',
        message: /was not ended/,
        suggestion: new RegExp(`kill -9 ${daemon.pid}`),
      });
    await isRefused(daemon);
    lock({ pid: process.pid, startTime: startTimeOf(process.pid) });
    await isRefused(daemon);
    lock({ pid: daemon.pid, startTime: null });
    await isRefused({ ...daemon, startTime: null });
    // A pid that is another process's by now: the daemon is dead.
    lock(daemon);
    await endSilentDaemon(folder, { ...daemon, startTime: 'before' });
    assert.equal(processState(daemon.pid, daemon.startTime), 'alive');
  });
});

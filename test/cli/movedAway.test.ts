import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import { readJsonFile } from '../../daemon/platform/privateFile';
import { processState } from '../../daemon/platform/processIdentity';
import type { DaemonStatus } from '../../daemon/protocol/daemon';
import { ENDPOINT_FILE, HOSTS_FOLDER } from '../../daemon/protocol/endpoint';
import type { HostRecord } from '../../daemon/protocol/host';
import { processesWith } from '../support/leaks';
import { Holdfast, mainTerminal } from './support/holdfast';
import { until } from './support/until';

/** Callers that come at once. */
const CALLERS = 4;

describe('folders further up, moved away', { skip: process.platform === 'win32' }, () => {
  const holdfast = new Holdfast();
  const up = path.join(holdfast.folder, 'up');
  const env = { HOLDFAST_DATA_DIR: path.join(up, 'd') };
  let stopped: number | undefined;
  const call = <T>(...args: readonly string[]): Promise<T> => holdfast.json<T>(args, { env });
  const status = (): Promise<DaemonStatus.Result> => call('daemon', 'status');
  const start = async (): Promise<{
    readonly pid: number;
    readonly daemon: number;
    readonly host: number;
  }> => {
    const { session } = await call<{ session: Parameters<typeof mainTerminal>[0] }>(
      'new',
      'work',
      '--',
      'sh',
    );
    await call('type', 'work', 'KEPT=survivor', '--enter');
    const { pid: daemon, ptyHostPid } = await status();
    return {
      pid: mainTerminal(session).pid ?? assert.fail(),
      daemon,
      host: ptyHostPid ?? assert.fail('there is no PTY host'),
    };
  };
  const end = async (): Promise<void> => {
    await call('daemon', 'stop', '--force');
    await until(
      'all to leave',
      () => processesWith(holdfast.folder).length === 0,
      () => processesWith(holdfast.folder),
    );
  };

  beforeEach(() => {
    for (const name of readdirSync(holdfast.folder).filter((each) => each.startsWith('up'))) {
      rmSync(path.join(holdfast.folder, name), { recursive: true });
    }
    mkdirSync(up);
  });
  afterEach(async () => {
    if (stopped !== undefined && processState(stopped, null) !== 'dead') {
      process.kill(stopped, 'SIGCONT');
    }
    await end();
  });
  after(() => holdfast.dispose());

  test('leave one daemon, which all find', { skip: process.platform !== 'linux' }, async () => {
    const { pid, daemon } = await start();
    renameSync(up, `${up}.away`);
    const answers = await Promise.all(
      Array.from({ length: CALLERS }, () =>
        call<{ session: Parameters<typeof mainTerminal>[0] }>('show', 'work'),
      ),
    );
    assert.deepEqual(
      answers.map(({ session }) => mainTerminal(session).pid),
      answers.map(() => pid),
    );
    assert.equal((await status()).pid, daemon);
  });

  test('with the daemon killed at once, leave programs that the next one finds, also late, and ends', async () => {
    const { pid, daemon, host } = await start();
    // It can't say where it is before the next daemon has looked for PTY hosts.
    stopped = host;
    process.kill(host, 'SIGSTOP');
    renameSync(up, `${up}.away`);
    process.kill(daemon, 'SIGKILL');
    await until('the daemon to end', () => processState(daemon, null) === 'dead');
    assert.deepEqual((await call<{ sessions: readonly unknown[] }>('ls')).sessions, []);
    process.kill(host, 'SIGCONT');
    await until('the session to be there', async () => {
      const { sessions } = await call<{ sessions: Parameters<typeof mainTerminal>[0][] }>('ls');
      return sessions.length === 1 && sessions[0] !== undefined && mainTerminal(sessions[0]).pid === pid;
    });
    await call('type', '--enter', 'echo "<$KEPT>"');
    await until('what it keeps to be seen', async () =>
      (await call<{ lines: readonly string[] }>('snapshot')).lines.join('\n').includes('<survivor>'),
    );
    const { killed } = await call<{ killed: number }>('daemon', 'stop', '--force');
    assert.equal(killed, 1);
    assert.equal(processState(pid, null), 'dead');
  });

  test('while their daemon was stopped, are the next one’s: the first leaves, and writes nothing in them', async () => {
    const { pid, daemon } = await start();
    stopped = daemon;
    process.kill(daemon, 'SIGSTOP');
    renameSync(up, `${up}.away`);
    await call('new', 'later', '--', 'cat');
    const next = await status();
    assert.notEqual(next.pid, daemon);
    process.kill(daemon, 'SIGCONT');
    await until('the first to leave', () => processState(daemon, null) === 'dead');
    process.kill(next.pid, 'SIGKILL');
    await until('the next one to end', () => processState(next.pid, null) === 'dead');
    const { sessions } = await call<{ sessions: Parameters<typeof mainTerminal>[0][] }>('ls');
    assert.ok(sessions.some(({ name, state }) => name === 'later' && state === 'running'));
    assert.ok(sessions.some((session) => mainTerminal(session).pid === pid));
  });

  test('and a record that says something else, leave a PTY host that the next daemon reaches', async () => {
    const { pid, daemon, host } = await start();
    const dataDir = path.dirname((await status()).dataDir);
    const [machine = ''] = readdirSync(dataDir);
    const hosts = path.join(dataDir, machine, HOSTS_FOLDER);
    const [name = ''] = readdirSync(hosts);
    const file = path.join(hosts, name);
    const record = readJsonFile(file) as HostRecord;
    stopped = host;
    process.kill(host, 'SIGSTOP');
    writeFileSync(file, JSON.stringify({ ...record, token: 'f'.repeat(record.token.length) }));
    process.kill(daemon, 'SIGKILL');
    await until('the daemon to end', () => processState(daemon, null) === 'dead');
    process.kill(host, 'SIGCONT');
    await until('the session to be reached', async () => {
      const { session } = await call<{ session: Parameters<typeof mainTerminal>[0] }>('show', 'work');
      return session.state === 'running' && mainTerminal(session).pid === pid;
    });
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), record);
    assert.ok(readdirSync(path.join(dataDir, machine)).includes(ENDPOINT_FILE));
  });
});

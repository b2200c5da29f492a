import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { resolveLocations } from '../../daemon/platform/locations';
import { processState } from '../../daemon/platform/processIdentity';
import type { DaemonStatus, Finding } from '../../daemon/protocol/daemon';
import {
  ENDPOINT_FILE,
  HISTORIES_FOLDER,
  HOSTS_FOLDER,
  JOURNALS_FOLDER,
  LOG_FOLDER,
  RUNTIME_FOLDER,
  STORE_FILE,
} from '../../daemon/protocol/endpoint';
import { encodeLine, LOG_FORMAT } from '../../daemon/store/logFormat';
import { Holdfast, mainTerminal } from './support/holdfast';
import { until } from './support/until';

const FIRST_LOG = 'holdfast.log.0';

describe('a data folder in which something is out of its place', {
  skip: process.platform === 'win32',
}, () => {
  const holdfast = new Holdfast();
  const { dataDir } = resolveLocations(holdfast.env);
  const within = (...names: readonly string[]): string => path.join(dataDir, ...names);
  const status = (): Promise<DaemonStatus.Result> => holdfast.json(['daemon', 'status']);
  const kill = async (): Promise<void> => {
    const { pid } = await status();
    process.kill(pid, 'SIGKILL');
    await until('the daemon to end', () => processState(pid, null) === 'dead');
  };
  const findings = async (): Promise<readonly Finding[]> =>
    (JSON.parse((await holdfast.run(['--json', 'doctor'])).stdout) as { findings: readonly Finding[] })
      .findings;
  const named = async (name: string): Promise<readonly Finding[]> =>
    (await findings()).filter((finding) => finding.status !== 'ok' && finding.message.includes(within(name)));
  const folderAt = (name: string): void => {
    mkdirSync(within(name), { recursive: true, mode: 0o700 });
    writeFileSync(within(name, 'something'), 'of somebody');
  };
  const asideOf = (name: string): readonly string[] =>
    readdirSync(path.dirname(within(name))).filter((each) =>
      each.startsWith(`${path.basename(name)}.broken-`),
    );
  afterEach(async () => {
    await holdfast.json(['daemon', 'stop', '--force']);
    await until('the daemon to leave', async () => !(await status()).running);
    for (const name of readdirSync(dataDir).filter((each) => each !== RUNTIME_FOLDER)) {
      rmSync(within(name), { recursive: true });
    }
  });
  after(() => holdfast.dispose());

  test('keeps what is confirmed after its store’s log was emptied under the daemon', async () => {
    const { id } = await holdfast.create('before', '--', 'cat');
    truncateSync(within(FIRST_LOG), 0);
    await holdfast.json(['rename', 'before', 'behind']);
    await kill();
    assert.deepEqual(
      (await holdfast.sessions()).map((session) => [session.id, session.name, session.state]),
      [[id, 'behind', 'running']],
    );
  });

  test('keeps what was confirmed before that, with no change behind it', async () => {
    const { id } = await holdfast.create('before', '--', 'cat');
    truncateSync(within(FIRST_LOG), 0);
    await until('the store to be written anew', () => existsSync(within(STORE_FILE)));
    await kill();
    assert.deepEqual(
      (await holdfast.sessions()).map((session) => [session.id, session.name]),
      [[id, 'before']],
    );
  });

  test('with a pipe in the place of its store is named by each call, at once, and goes on when that is away', async () => {
    const { id } = await holdfast.create('kept', '--', 'cat');
    await holdfast.json(['daemon', 'restart']);
    const { ptyHostPid } = await status();
    assert.ok(ptyHostPid);
    process.kill(ptyHostPid, 'SIGSTOP');
    try {
      await kill();
      renameSync(within(STORE_FILE), within('mine'));
      execFileSync('mkfifo', ['-m', '600', within(STORE_FILE)]);
      const error = await holdfast.refused(7, 'DAEMON_UNAVAILABLE', ['ls']);
      assert.ok(error.message.includes(within(STORE_FILE)), error.message);
      assert.match(error.suggestion, /move it away/);
      assert.ok((await named(STORE_FILE)).some((finding) => finding.status === 'error'));
      rmSync(within(STORE_FILE));
      renameSync(within('mine'), within(STORE_FILE));
    } finally {
      process.kill(ptyHostPid, 'SIGCONT');
    }
    await until('it to be reachable', async () => (await holdfast.sessions())[0]?.state === 'running');
    assert.equal((await holdfast.sessions())[0]?.id, id);
  });

  for (const name of ['daemon.lock.1', 'launch.lock.1', ENDPOINT_FILE, path.join(LOG_FOLDER, 'start.log')]) {
    test(`starts although a folder stands in the place of ${name}, which doctor names`, async () => {
      mkdirSync(dataDir, { recursive: true, mode: 0o700 });
      folderAt(name);
      assert.equal((await named(name)).length, 1, 'before a daemon has come');
      await holdfast.create('started', '--', 'cat');
      const [aside = assert.fail('it was not set aside'), ...others] = asideOf(name);
      assert.deepEqual(others, []);
      const folder = path.join(path.dirname(within(name)), aside);
      assert.ok(existsSync(path.join(folder, 'something')), 'what was in it is kept');
      const [told, ...more] = await named(`${name}.broken-`);
      assert.deepEqual(more, []);
      assert.ok(told?.message.includes(folder), told?.message);
      assert.deepEqual(
        await holdfast
          .json(['daemon', 'restart'])
          .then(() => holdfast.sessions())
          .then((all) => all.map(({ state }) => state)),
        ['running'],
      );
    });
  }

  test('says again where the daemon is when a folder takes the place of the file that says so', async () => {
    const { id } = await holdfast.create('kept', '--', 'cat');
    const { pid } = await status();
    process.kill(pid, 'SIGSTOP');
    rmSync(within(ENDPOINT_FILE));
    folderAt(ENDPOINT_FILE);
    process.kill(pid, 'SIGCONT');
    await until(
      'the file to be there again',
      () => statSync(within(ENDPOINT_FILE), { throwIfNoEntry: false })?.isFile() === true,
    );
    assert.equal((await status()).pid, pid);
    assert.deepEqual(
      (await holdfast.sessions()).map((session) => session.id),
      [id],
    );
  });

  test('goes on writing its log when a folder took the place of one, and keeps that', async () => {
    await holdfast.create('kept', '--', 'cat');
    const name = path.join(LOG_FOLDER, 'daemon.log');
    rmSync(within(name));
    folderAt(name);
    assert.equal((await named(name)).length, 1);
    await holdfast.json(['daemon', 'restart']);
    assert.ok(statSync(within(name)).isFile());
    assert.equal(asideOf(name).length, 1);
    assert.equal((await named(`${name}.broken-`)).length, 1);
  });

  test('shows a screen and its scrollback when a folder stands in the place of the file with that', async () => {
    const session = await holdfast.create('long', '--', 'sh', '-c', 'seq 1 200; exec cat');
    const terminal = mainTerminal(session).id;
    const name = path.join(HISTORIES_FOLDER, `${terminal}.0.txt`);
    await until('the program to have written', async () =>
      (await holdfast.json<{ lines: readonly string[] }>(['snapshot', 'long'])).lines.includes('200'),
    );
    const { pid } = await status();
    process.kill(pid, 'SIGSTOP');
    rmSync(within(name), { force: true });
    folderAt(name);
    process.kill(pid, 'SIGKILL');
    await until('another daemon', async () => {
      const now = await status();
      return now.running && now.pid !== pid;
    });
    const { lines } = await holdfast.json<{ lines: readonly string[] }>([
      'snapshot',
      'long',
      '--scrollback',
      '10',
    ]);
    assert.ok(lines.includes('200'));
    await until('it to be set aside', () => asideOf(name).length === 1);
    assert.equal((await named(`${name}.broken-`)).length, 1);
    await holdfast.json(['rm', 'long', '--force']);
    assert.deepEqual(asideOf(name), [], 'it goes with the session');
  });

  test('with a file in the place of the folder for the program’s copies is named by each call', async () => {
    const aside = within(`${RUNTIME_FOLDER}.mine`);
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    if (existsSync(within(RUNTIME_FOLDER))) {
      renameSync(within(RUNTIME_FOLDER), aside);
    }
    try {
      writeFileSync(within(RUNTIME_FOLDER), '');
      const error = await holdfast.refused(7, 'AUTH_FAILED', ['new', 'none', '--', 'cat']);
      assert.ok(error.message.includes(within(RUNTIME_FOLDER)), error.message);
      assert.match(error.suggestion, /Move it away/);
      const [told] = await named(RUNTIME_FOLDER);
      assert.equal(told?.status, 'error');
      assert.match(told?.message ?? '', /is not a folder/);
      const endpoint = (await findings()).find(({ check }) => check === 'endpoint');
      assert.match(endpoint?.message ?? '', /none can be started/);
    } finally {
      rmSync(within(RUNTIME_FOLDER));
      if (existsSync(aside)) {
        renameSync(aside, within(RUNTIME_FOLDER));
      }
    }
  });

  test('with a file in the place of the folder that names PTY hosts is told of by doctor, and that programs run on', async () => {
    const { id } = await holdfast.create('kept', '--', 'cat');
    const { pid } = await status();
    const aside = within(`${HOSTS_FOLDER}.mine`);
    process.kill(pid, 'SIGSTOP');
    renameSync(within(HOSTS_FOLDER), aside);
    writeFileSync(within(HOSTS_FOLDER), '');
    const silent = (await findings()).find(({ check }) => check === 'daemon');
    assert.match(silent?.message ?? '', /does not answer; programs run on$/);
    process.kill(pid, 'SIGKILL');
    await until('it to be told', async () => {
      const endpoint = (await findings()).find(({ check }) => check === 'endpoint');
      return (
        endpoint?.status === 'error' && endpoint.suggestion?.endsWith(' Programs run on meanwhile.') === true
      );
    });
    const [told, ...more] = (await named(HOSTS_FOLDER)).filter(({ check }) => check === 'places');
    assert.deepEqual(more, []);
    assert.match(told?.message ?? '', /is not a folder/);
    rmSync(within(HOSTS_FOLDER));
    renameSync(aside, within(HOSTS_FOLDER));
    assert.deepEqual(
      (await holdfast.sessions()).map((session) => [session.id, session.state]),
      [[id, 'running']],
    );
  });

  test('keeps the daemon that works when none could be put in its place', async () => {
    const { id } = await holdfast.create('kept', '--', 'cat');
    const { pid } = await status();
    for (const folder of [JOURNALS_FOLDER, RUNTIME_FOLDER]) {
      // As good as another user's: nobody believes what is in it.
      chmodSync(within(folder), 0o755);
      const error = await holdfast.refused(7, 'AUTH_FAILED', ['daemon', 'restart']);
      assert.ok(error.message.includes(within(folder)), error.message);
      assert.equal((await status()).pid, pid);
      chmodSync(within(folder), 0o700);
    }
    assert.deepEqual(
      (await holdfast.sessions()).map((session) => session.id),
      [id],
    );
    const next = await holdfast.json<DaemonStatus.Result>(['daemon', 'restart']);
    assert.notEqual(next.pid, pid);
  });

  test('with a store of a newer version ends calls in an error that is not to be tried again', async () => {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(within(FIRST_LOG), encodeLine(0, 0, { format: LOG_FORMAT + 1, base: null }));
    const error = await holdfast.refused(7, 'DAEMON_UNAVAILABLE', ['ls']);
    assert.match(error.message, /newer Holdfast/);
    assert.match(error.suggestion, /Update Holdfast/);
    assert.equal(error.retryable, false);
    rmSync(within(FIRST_LOG));
  });
});

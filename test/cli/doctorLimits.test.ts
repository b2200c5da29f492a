import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { Connection } from '../../daemon/client/index';
import { processState } from '../../daemon/platform/processIdentity';
import { DaemonDiagnose, type DaemonStatus, type Finding } from '../../daemon/protocol/daemon';
import { CLI, Holdfast } from './support/holdfast';
import { noSmallDisk, onSmallDisk } from './support/smallDisk';
import { until } from './support/until';

/** Enough for a daemon to serve, and for hardly a session. */
const FEW = 64;

describe('doctor, of how many files may be open', {
  skip: process.platform === 'linux' ? false : 'only Linux tells of other processes',
}, () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  const warnings = async (): Promise<readonly Finding[]> => {
    const { findings } = await holdfast.json<{ findings: readonly Finding[] }>(['doctor']);
    return findings.filter(({ check }) => check === 'descriptors');
  };
  const startWith = async (limit: string, how = 'start'): Promise<void> => {
    const started = await holdfast.shell(
      `ulimit ${limit} ${FEW}; exec "${process.execPath}" "${CLI}" --json daemon ${how}`,
    );
    assert.equal(started.status, 0, started.stderr);
  };

  test('says whose hard limit is low, until another daemon is started elsewhere', async () => {
    await startWith('-n');
    const [daemon, ...others] = await warnings();
    assert.deepEqual(others, []);
    assert.match(daemon?.message ?? '', new RegExp(`^the daemon \\(process \\d+\\) may have ${FEW} files`));
    assert.equal(daemon?.status, 'warning');
    assert.match(daemon?.suggestion ?? '', /ulimit -Hn/);
    await holdfast.json(['daemon', 'restart']);
    assert.deepEqual(await warnings(), []);
  });

  test('says once that there is no descriptor left to look with', async () => {
    await holdfast.json(['daemon', 'stop']);
    await holdfast.create('some', '--', 'cat');
    await startWith('-n', 'restart');
    const { socket } = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
    const connection = await Connection.open({ environment: holdfast.env, kind: 'test' });
    const crowd = Array.from({ length: FEW }, () => connect(socket).on('error', () => undefined));
    try {
      let told: readonly Finding[] = [];
      await until(
        'it to be told',
        async () => {
          const { findings } = await connection.call(DaemonDiagnose.type, {});
          told = findings.filter(({ check }) => check === 'descriptors');
          return told.some(({ message }) => message === 'the daemon can open no further file or connection');
        },
        () => told,
      );
      assert.equal(told.length, 1, JSON.stringify(told));
    } finally {
      connection.dispose();
      for (const each of crowd) {
        each.destroy();
      }
    }
    await until('room again', async () => (await holdfast.run(['kill', 'some'])).status === 0);
    await holdfast.json(['rm', 'some']);
  });

  test('has nothing to say of a soft limit, which is raised when they start', async () => {
    await holdfast.json(['daemon', 'stop']);
    await startWith('-Sn');
    assert.deepEqual(await warnings(), []);
    await holdfast.create('some', '--', 'cat');
    await until('a prompt answer', async () => (await warnings()).length === 0);
  });
});

describe('doctor, where no daemon runs and the disk is small', { skip: noSmallDisk() }, () => {
  const holdfast = new Holdfast();
  const disk = onSmallDisk(holdfast);

  test('tells that there is hardly room', async () => {
    const { findings } = await holdfast.json<{ findings: readonly Finding[] }>(['doctor']);
    const told = findings.filter(({ check }) => check === 'disk');
    assert.deepEqual(
      told.map(({ status }) => status),
      ['warning'],
    );
    assert.ok(told[0]?.message.endsWith(` MiB are free in ${disk}`), told[0]?.message);
    await holdfast.json(['daemon', 'start']);
    const { findings: others } = await holdfast.json<{ findings: readonly Finding[] }>(['doctor']);
    assert.equal(others.filter(({ check }) => check === 'disk').length, 1, 'once, also when one runs');
  });

  test('tells once that the disk is full, what that means and what to do, when a daemon runs', async () => {
    const filler = path.join(disk, 'filler');
    await holdfast.json(['daemon', 'start']);
    fill(filler);
    const { status, stdout } = await holdfast.run(['--json', 'doctor']);
    rmSync(filler);
    assert.equal(status, 1);
    requireToldOnce((JSON.parse(stdout) as { findings: readonly Finding[] }).findings);
  });

  test('does not say that the next command starts a daemon when the disk is full, and asks for what can be done', async () => {
    await holdfast.create('kept', '--', 'cat');
    const { pid, dataDir } = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
    const filler = path.join(disk, 'filler');
    process.kill(pid, 'SIGSTOP');
    // What lets one start all the same.
    for (const name of readdirSync(dataDir).filter((each) => each.startsWith('.spare.'))) {
      rmSync(path.join(dataDir, name));
    }
    fill(filler);
    process.kill(pid, 'SIGKILL');
    await until('its end', () => processState(pid, null) === 'dead');
    const { status, stdout } = await holdfast.run(['--json', 'doctor']);
    assert.equal(status, 1);
    const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] };
    const found = (name: string): Finding | undefined => findings.find(({ check }) => check === name);
    assert.deepEqual(
      findings.filter(({ suggestion = '' }) => /Nothing to do|holdfast rm/.test(suggestion)),
      [],
    );
    assert.equal(found('endpoint')?.status, 'warning');
    assert.match(found('endpoint')?.suggestion ?? '', /Programs run on meanwhile\.$/);
    requireToldOnce(findings);
    rmSync(filler);
    await holdfast.untilState('kept', 'running');
  });
});

/** One finding says that the disk is full, what that means and what to do, and no other one repeats it. */
const requireToldOnce = (findings: readonly Finding[]): void => {
  const folder = findings.find(({ check }) => check === 'data folder')?.message;
  const told = findings.filter(({ message, suggestion = '' }) =>
    /ENOSPC|no space|full|MiB are free|disk space/.test(`${message} ${suggestion}`),
  );
  assert.deepEqual(
    told.map(({ check, status, message }) => [check, status, message]),
    [['disk', 'error', `the disk that holds ${folder} is full: nothing more can be written there`]],
  );
  assert.match(told[0]?.suggestion ?? '', /^Make room on it\. Programs run on meanwhile and can be ended; /);
};

/** To the last byte. */
const fill = (file: string): void => {
  for (const bytes of [65_536, 4096, 1]) {
    try {
      for (;;) {
        appendFileSync(file, Buffer.alloc(bytes));
      }
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
    }
  }
};

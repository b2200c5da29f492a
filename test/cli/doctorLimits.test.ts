import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { Finding } from '../../daemon/protocol/daemon';
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
  const startWith = async (limit: string): Promise<void> => {
    const started = await holdfast.shell(
      `ulimit ${limit} ${FEW}; exec "${process.execPath}" "${CLI}" --json daemon start`,
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
});

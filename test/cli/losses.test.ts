import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { resolveLocations } from '../../daemon/platform/locations';
import type { DaemonStatus, Finding } from '../../daemon/protocol/daemon';
import { HISTORIES_FOLDER, JOURNALS_FOLDER } from '../../daemon/protocol/endpoint';
import { Holdfast } from './support/holdfast';
import { until } from './support/until';

describe('what was lost', { skip: process.platform === 'win32' }, () => {
  const holdfast = new Holdfast();
  const { dataDir } = resolveLocations(holdfast.env);
  after(() => holdfast.dispose());
  const warnings = async (check: string): Promise<readonly Finding[]> => {
    const { findings } = await holdfast.json<{ findings: readonly Finding[] }>(['doctor']);
    return findings.filter((finding) => finding.check === check && finding.status === 'warning');
  };
  const lose = async (): Promise<void> => {
    const { ptyHostPid } = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
    process.kill(ptyHostPid ?? assert.fail('there is no PTY host'), 'SIGKILL');
    await until('all to be lost', async () =>
      (await holdfast.sessions()).every(({ state }) => state === 'lost'),
    );
  };

  test('is named by doctor, with what brings it back', async () => {
    await holdfast.create('alpha', '--', 'cat');
    await holdfast.create('beta', '--', 'cat');
    await holdfast.json(['set', 'beta', '--resurrect', 'never']);
    assert.deepEqual(await warnings('sessions'), []);
    await lose();
    const told = await warnings('sessions');
    assert.deepEqual(
      told.map(({ message }) => message),
      ['alpha', 'beta'].map((name) => `the programs of ${name} were lost with their PTY host or the machine`),
    );
    assert.match(told[0]?.suggestion ?? '', /holdfast resurrect --all/);
    assert.match(told[1]?.suggestion ?? '', /never .*holdfast restart NAME/);
    const folder = path.join(dataDir, JOURNALS_FOLDER);
    for (const name of readdirSync(folder)) {
      rmSync(path.join(folder, name));
    }
    const [journals, ...others] = await warnings('journals');
    assert.deepEqual(others, []);
    assert.equal(journals?.message, "the output of alpha, beta can't be read");
    assert.match(journals?.suggestion ?? '', /holdfast resurrect NAME/);
  });

  test('and is set to be left alone, is not called nothing by resurrecting all', async () => {
    const text = await holdfast.text(['resurrect', '--all']);
    assert.match(text, /^resurrected alpha\nleft beta as it is: .*holdfast restart beta.*\n$/);
    const { sessions, leftAlone } = await holdfast.json<{ sessions: unknown[]; leftAlone: string[] }>([
      'resurrect',
      '--all',
    ]);
    assert.deepEqual([sessions, leftAlone], [[], ['beta']]);
    assert.match(await holdfast.text(['resurrect', '--all']), /^left beta as it is: /);
    await holdfast.json(['rm', 'beta']);
    assert.equal(await holdfast.text(['resurrect', '--all']), 'nothing is lost\n');
  });

  test('of a scrollback is named by doctor', async () => {
    const { terminals } = await holdfast.create('long', '--', 'sh', '-c', 'seq 3000; echo end; exec cat');
    await until('its last line', async () =>
      (await holdfast.run(['snapshot', 'long'])).stdout.includes('end'),
    );
    await holdfast.json(['daemon', 'stop', '--force']);
    await holdfast.json(['daemon', 'start']);
    assert.deepEqual(await warnings('histories'), []);
    rmSync(path.join(dataDir, HISTORIES_FOLDER, `${terminals[0]?.id}.0.txt`));
    const [told, ...others] = await warnings('histories');
    assert.deepEqual(others, []);
    assert.match(told?.message ?? '', /^files with the scrollback of long are gone from /);
  });
});

import assert from 'node:assert/strict';
import { readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { resolveLocations } from '../../daemon/platform/locations';
import type { DaemonStatus, Finding } from '../../daemon/protocol/daemon';
import { HISTORIES_FOLDER, JOURNALS_FOLDER } from '../../daemon/protocol/endpoint';
import { MAX_SEGMENTS, SEGMENT_BYTES } from '../../daemon/screen/historyFile';
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
    await holdfast.json(['rm', '--force', 'long']);
  });

  test('of a scrollback’s oldest file, or of one in its midst, is named by doctor, and not what Holdfast removes itself', async () => {
    const { terminals } = await holdfast.create('longer', '--', 'sh', '-c', 'seq 3000; exec true');
    await holdfast.untilState('longer', 'exited');
    await holdfast.json(['daemon', 'stop']);
    await holdfast.json(['daemon', 'start']);
    const folder = path.join(dataDir, HISTORIES_FOLDER);
    const id = terminals[0]?.id ?? assert.fail();
    /** Makes the files of this history anew. */
    const put = (...files: readonly (readonly [start: number, bytes: number])[]): void => {
      for (const name of readdirSync(folder).filter((each) => each.startsWith(`${id}.`))) {
        rmSync(path.join(folder, name));
      }
      for (const [start, bytes] of files) {
        const file = path.join(folder, `${id}.${start}.txt`);
        writeFileSync(file, '', { mode: 0o600 });
        truncateSync(file, bytes);
      }
    };
    const named = async (): Promise<readonly string[]> => {
      const told = (await warnings('histories')).map(({ message }) => message);
      return told.map((message) => message.replace(/ are gone from .*/, ''));
    };
    const longer = ['files with the scrollback of longer'];
    put([0, 1000]);
    assert.deepEqual(await named(), []);
    put([1000, 1000]);
    assert.deepEqual(await named(), longer, 'the oldest file of a short one');
    put([0, 1000], [1000, 1000]);
    assert.deepEqual(await named(), []);
    put([0, 1000], [1001, 1000]);
    assert.deepEqual(await named(), longer, 'a hole');
    const kept = Array.from({ length: MAX_SEGMENTS }, (_, index) => (index + 1) * SEGMENT_BYTES);
    put(...kept.map((start) => [start, SEGMENT_BYTES] as const));
    assert.deepEqual(await named(), [], 'the oldest of a long one, which made room');
    put(...kept.filter((_, index) => index !== 1).map((start) => [start, SEGMENT_BYTES] as const));
    assert.deepEqual(await named(), longer, 'a hole in a long one');
    put();
    await holdfast.json(['rm', 'longer']);
  });
});

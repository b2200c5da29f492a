import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Place } from '../integration/clientFixture';
import { fuzz } from './fuzz';
import { Witness } from './witness';

/** What `npm run fuzz` allows is for a machine that does nothing else. */
const PATIENCE_MS = 5000;
const SHORT_PATIENCE_MS = 2000;

describe('bytes that no client of ours would send', () => {
  test('end nothing, and keep nobody else waiting', async () => {
    const { inputs, longestCallMs } = await fuzz({ seed: 20_251_121, count: 400, patienceMs: PATIENCE_MS });
    assert.equal(inputs, 5 * 400);
    assert.ok(longestCallMs > 0);
  });

  test('are not sent by a call that asks for no number of them, or for another kind', () => {
    const run = (...args: readonly string[]) =>
      spawnSync(process.execPath, ['--import', 'tsx', join(__dirname, 'run.ts'), ...args], {
        encoding: 'utf8',
      });
    for (const [args, said] of [
      [['--inputs', 'many'], "--inputs takes a whole number from 1 on, not 'many'\n"],
      [['--inputs', '0'], "--inputs takes a whole number from 1 on, not '0'\n"],
      [['--only', 'stream,nothing'], "--only knows no 'nothing': hello, control, stream\n"],
    ] as const) {
      const { status, stdout, stderr } = run(...args);
      assert.deepEqual([status, stdout, stderr], [2, '', said]);
    }
  });

  describe('a client that looks whether it is served', { skip: process.platform === 'win32' }, () => {
    const place = new Place();
    after(() => place.leave());

    test('notices a PTY host that stands still', async () => {
      const witness = await Witness.start(place, SHORT_PATIENCE_MS);
      await witness.look();
      const { ptyHost } = witness.pids;
      assert.ok(ptyHost !== null);
      process.kill(ptyHost, 'SIGSTOP');
      const timer = setTimeout(() => process.kill(ptyHost, 'SIGCONT'), SHORT_PATIENCE_MS + 300);
      try {
        await assert.rejects(witness.look(), /(a call|an echo) took \d+ ms/);
      } finally {
        clearTimeout(timer);
        process.kill(ptyHost, 'SIGCONT');
      }
    });
  });
});

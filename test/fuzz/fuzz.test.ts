import assert from 'node:assert/strict';
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

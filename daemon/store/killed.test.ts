import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { Store } from './store';

/** Writes events as fast as it can, exporting all the time, and prints each number once it is confirmed. */
const WRITER = `
const { Store } = require(${JSON.stringify(join(__dirname, 'store.ts'))});
void (async () => {
  const store = await Store.open(process.argv[1], { exportAfterBytes: 2000 });
  const first = (store.events().at(-1)?.time ?? 0) + 1;
  for (let next = first; ; next += 3) {
    await Promise.all([next, next + 1, next + 2].map((time) =>
      store.change((w) => w.addEvent({ time, event: 'bell' })).then(() => process.stdout.write(time + '\\n'))));
  }
})();
`;

describe('A daemon that is killed', () => {
  it('has lost no change that was confirmed, whenever it happens', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-killed-'));
    try {
      for (let round = 0, confirmed = 0; round < 6; round += 1) {
        const child = spawn(process.execPath, ['--import', 'tsx', '--eval', WRITER, folder], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const exited = once(child, 'exit');
        const enough = confirmed + 7 + 13 * round;
        for await (const line of createInterface(child.stdout)) {
          confirmed = Number(line);
          if (confirmed >= enough) {
            child.kill('SIGKILL');
          }
        }
        await exited;

        const store = await Store.open(folder);
        const times = store.events().map((event) => event.time);
        assert.deepEqual(
          times,
          Array.from({ length: times.length }, (_, index) => index + 1),
        );
        assert.ok(times.length >= confirmed, `${times.length} of ${confirmed}`);
        assert.deepEqual(store.report.setAside, []);
        store.dispose();
        await store.close();
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

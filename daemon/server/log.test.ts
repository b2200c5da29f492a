import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Log } from './log';

describe('the log', () => {
  it('is private, one line an entry, and rotated before it grows beyond its size', () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'hf-log-')), 'logs');
    try {
      const log = new Log(folder);
      for (let index = 0; index < 60; index += 1) {
        log.write('info', `${index} ${'x'.repeat(100_000)}`);
      }
      log.write('warning', 'two\nlines');
      assert.deepEqual(readdirSync(folder).sort(), [
        'daemon.log',
        'daemon.log.1',
        'daemon.log.2',
        'daemon.log.3',
      ]);
      for (const name of readdirSync(folder)) {
        const { size, mode } = statSync(join(folder, name));
        assert.ok(size <= 1024 * 1024);
        assert.equal(mode & 0o077, 0);
      }
      assert.match(readFileSync(log.path, 'utf8'), / warning \[\d+\] two\n {2}lines\n$/);
      assert.match(readFileSync(`${log.path}.1`, 'utf8'), / info \[\d+\] 4\d x/);
    } finally {
      rmSync(join(folder, '..'), { recursive: true });
    }
  });
});

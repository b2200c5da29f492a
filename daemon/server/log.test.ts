import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Log } from './log';

describe('the log', () => {
  it('holds nothing that acts on the terminal it is read in, and no second entry that nobody wrote', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hf-log-'));
    try {
      const log = new Log(join(folder, 'logs'));
      log.error('starting', new Error('no \x1b]52;c;eA==\x07 in\r\n2026-01-01 info [1] fine\u202e'));
      const text = readFileSync(log.path, 'utf8');
      assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
      assert.match(text, /no \\u001b\]52;c;eA==\\u0007 in\\u000d\n {2}2026/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

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

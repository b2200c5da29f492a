import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { bundle } from './testing/bundle';

/** Node executables to try, besides the one that runs the tests: `npm run verify` names every version there is. */
const runtimes = [process.execPath, ...(process.env['HOLDFAST_TEST_RUNTIMES'] ?? '').split(delimiter)].filter(
  (runtime) => runtime !== '',
);
const ROUNDS = 100;
/** Several times what the slowest machine needs; a run that hangs must not hang the suite. */
const TIMEOUT_MS = 180_000;

describe('a program that writes and exits at once', { skip: process.platform === 'win32' }, () => {
  for (const runtime of new Set(runtimes)) {
    test(`loses nothing in ${ROUNDS} runs of each size, read freely, paused, or drained, on ${runtime}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'hf-burst-'));
      try {
        const driver = bundle('testing/burstDriver.ts', folder);
        const { stdout } = await promisify(execFile)(runtime, [driver, String(ROUNDS)], {
          timeout: TIMEOUT_MS,
        });
        const { runs, losses } = JSON.parse(stdout) as { runs: number; losses: unknown[] };
        assert.ok(runs >= ROUNDS);
        assert.deepEqual(losses, []);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    test(`the self-check passes on ${runtime}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'hf-check-'));
      try {
        const { stdout, stderr } = await promisify(execFile)(runtime, [
          bundle('main.ts', folder),
          '--self-check',
        ]);
        assert.equal(stdout + stderr, '');
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});

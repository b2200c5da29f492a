import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';

/** A cold start of daemon and PTY host on a busy machine, with room. */
const TEST_TIMEOUT_MS = 60_000;

/** Called by the extension host that was started with `extensionTestsPath`. Rejects when a test failed. */
export const run = async (): Promise<void> => {
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: TEST_TIMEOUT_MS,
    slow: 2000,
    reporter: 'spec',
    color: false,
  });
  const pattern = process.env['HOLDFAST_TEST_GREP'];
  if (pattern !== undefined && pattern !== '') {
    mocha.grep(pattern);
  }
  // Defines `describe` and `it` for the suites, which are loaded behind it.
  mocha.suite.emit('pre-require', globalThis, 'index', mocha);
  await import('./suites');
  await new Promise<void>((resolve, reject) => {
    const runner = mocha.run((failures) => {
      writeCounts(runner.stats);
      if (failures === 0) {
        resolve();
      } else {
        reject(new Error(`${failures} tests failed`));
      }
    });
  });
};

/** For the sum over all stages of `npm test`. */
const writeCounts = (stats: Mocha.Stats | undefined): void => {
  const file = process.env['HOLDFAST_TEST_COUNTS'];
  if (file !== undefined && stats !== undefined) {
    const counts = { passed: stats.passes, failed: stats.failures, skipped: stats.pending };
    appendFileSync(file, `${JSON.stringify(counts)}\n`);
  }
};

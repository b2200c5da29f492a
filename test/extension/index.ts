import { appendFileSync } from 'node:fs';
import { takeCoverage } from 'node:v8';
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
  // For work on one test.
  const pattern = process.env['HOLDFAST_TEST_GREP'];
  if (pattern !== undefined && pattern !== '') {
    mocha.grep(pattern);
  }
  // Defines `describe` and `it` for the suites, which are loaded behind it.
  mocha.suite.emit('pre-require', globalThis, 'index', mocha);
  await import('./suites');
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('fail', (test, error: unknown) => reportFailure(test.fullTitle(), error));
    runner.once('end', () => {
      report(runner.stats);
      // Nobody waits for this process to end by itself.
      takeCoverage();
    });
  });
  if (failures > 0) {
    throw new Error(`${failures} tests failed`);
  }
};

/** A line of counts for the sum over all stages of `npm test`. */
const report = (stats: Mocha.Stats | undefined): void => {
  if (stats === undefined) return;
  const { passes: passed, failures: failed, pending: skipped } = stats;
  writeCounts({ passed, failed, skipped });
};

/** For the list of failures that `npm test` ends with. */
const reportFailure = (title: string, error: unknown): void => {
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  writeCounts({ failure: { title, place: '', error: told } });
};

const writeCounts = (line: object): void => {
  const file = process.env['HOLDFAST_TEST_COUNTS'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(line)}\n`);
};

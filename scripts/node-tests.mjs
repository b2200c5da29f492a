/** Runs test files with Node's test runner, each in a process group of its own with a limit of its own. */
import fs from 'node:fs';
import path from 'node:path';
import { run } from './run.mjs';
import { say, seconds } from './say.mjs';
import { Scratch } from './scratch.mjs';

/** A hung test, or a hook, fails alone. */
const TEST_MINUTES = 2;
/** A file that does not end (something it opened is still open) fails alone too: `node --test` would wait for ever. */
const FILE_MINUTES = 4;

/**
 * @param {readonly string[]} files
 * @param {{ node: string, env: NodeJS.ProcessEnv, temporary: string, concurrency: number, timeoutMs: number,
 *   verbose: boolean, options: readonly string[], testMinutes?: number, fileMinutes?: number }} context
 * @returns {Promise<Counts & { timedOut: boolean }>}
 */
export async function runTestFiles(files, context) {
  const deadline = Date.now() + context.timeoutMs;
  const total = { ...noCounts(), timedOut: false };
  const waiting = [...files];
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const left = deadline - Date.now();
      if (left <= 0) {
        total.timedOut = true;
        fail(total, file, 'not run, the time of this stage is over');
        continue;
      }
      const counts = await runFile(
        file,
        Math.min(left, (context.fileMinutes ?? FILE_MINUTES) * 60_000),
        context,
      );
      addCounts(total, counts);
    }
  };
  await Promise.all(Array.from({ length: context.concurrency }, worker));
  return total;
}

async function runFile(file, timeoutMs, context) {
  const counted = path.join(context.temporary, file.replaceAll('/', '+'));
  const started = Date.now();
  const scratch = new Scratch();
  const result = await run(
    context.node,
    [
      '--enable-source-maps',
      ...['--import', 'tsx', `--test-timeout=${(context.testMinutes ?? TEST_MINUTES) * 60_000}`],
      ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
      ...['--test-reporter=./scripts/test-counts.mjs', `--test-reporter-destination=${counted}`],
      ...context.options,
      file,
    ],
    { env: { ...context.env, ...scratch.environment }, timeoutMs, quiet: true },
  );
  const left = result.timedOut ? [] : await scratch.leftovers();
  if (result.timedOut || left.length > 0) scratch.endPrograms();
  scratch.remove();
  const counts = readCounts(counted);
  const duration = seconds(Date.now() - started);
  if (result.timedOut) {
    fail(counts, file, `did not end within ${duration}; a test hangs, or something it opened was left open`);
  } else if (result.code !== 0 && counts.failed === 0) {
    fail(counts, file, `ended with code ${result.code}`);
  }
  if (left.length > 0) fail(counts, file, `left in its temporary folder: ${left.join(', ')}`);
  const bad = counts.failed > 0;
  if (bad || context.verbose) process.stdout.write(`\n${result.output}\n`);
  say(`  ${bad ? 'FAILED ' : ''}${file}: ${counts.passed} passed, ${counts.failed} failed in ${duration}`);
  return counts;
}

/**
 * @typedef {{ title: string, place: string, error: string }} Failure
 * @typedef {{ passed: number, failed: number, skipped: number, failures: Failure[] }} Counts
 */

/** @returns {Counts} */
export function noCounts() {
  return { passed: 0, failed: 0, skipped: 0, failures: [] };
}

/** @param {Counts} total @param {Partial<Counts> & { failure?: Failure }} counts */
export function addCounts(total, counts) {
  for (const key of ['passed', 'failed', 'skipped']) total[key] += counts[key] ?? 0;
  total.failures.push(...(counts.failures ?? []));
  if (counts.failure !== undefined) total.failures.push(counts.failure);
}

/** A failure that is no test's own. */
export function fail(counts, place, error) {
  say(`  ${place}: ${error}`);
  addCounts(counts, { failed: 1, failure: { title: '', place, error } });
}

/** Sums the lines that scripts/test-counts.mjs, or any other test program, has written. */
export function readCounts(file) {
  const total = noCounts();
  if (!fs.existsSync(file)) return total;
  for (const line of fs.readFileSync(file, 'utf8').split('\n'))
    if (line !== '') addCounts(total, JSON.parse(line));
  return total;
}

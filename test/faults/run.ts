/**
 * Injects faults for real, and shows that everything that must hold afterwards does.
 *
 *   npm run faults                           all of them
 *   npm run faults -- --only daemon-killed   npm run faults -- --list
 *   npm run faults -- --times 5 --seed 7     fewer, at the same moments again
 *
 * The product must be built. Prints a table and fails when anything does not hold.
 */
import { randomInt } from 'node:crypto';
import { median, percentile } from '../../bench/harness/statistics';
import { knownNames, readOptions, wholeNumber } from '../../scripts/options.mjs';
import type { Fault, FaultResult } from './fault';
import { FAULTS } from './table';

const options = readOptions('npm run faults -- [--only NAME[,NAME]] [--times N] [--seed N] [--list]', {
  only: { type: 'string' },
  list: { type: 'boolean', default: false },
  times: { type: 'string' },
  seed: { type: 'string', default: String(randomInt(2 ** 31)) },
});

const rowOf = ({ title }: Fault, { survived, recoveries, bytesChecked, notes }: FaultResult): string => {
  const [p50, p95] =
    recoveries.length === 0
      ? ['–', '–']
      : [median(recoveries), percentile(recoveries, 0.95)].map((ms) => `${Math.round(ms)} ms`);
  const compared = bytesChecked === 0 ? '–' : `${(bytesChecked / 1e6).toFixed(1)} MB`;
  return `| ${title} | ${survived} | ${p50} | ${p95} | ${compared} | ${notes.join('; ')} |`;
};

const main = async (): Promise<void> => {
  if (options.list) {
    console.log(FAULTS.map(({ name, title }) => `${name.padEnd(20)}${title}`).join('\n'));
    return;
  }
  const seed = wholeNumber('seed', options.seed);
  const wanted = options.times === undefined ? undefined : wholeNumber('times', options.times, 1);
  console.log(`seed ${seed}`);
  const rows: string[] = [];
  const begun = performance.now();
  for (const fault of chosen()) {
    const missing = fault.missing?.() ?? false;
    if (missing !== false) {
      console.log(`${fault.name}: left out, ${missing}`);
      continue;
    }
    console.log(`${fault.name} …`);
    const from = performance.now();
    try {
      const times = wanted ?? fault.times;
      rows.push(rowOf(fault, await fault.run({ times, seed, say: (text) => console.log(`  ${text}`) })));
    } catch (error) {
      console.error(`FAILED ${fault.name}, seed ${seed}:`, error);
      process.exitCode = 1;
    }
    console.log(`  ${lasted(from)}`);
  }
  console.log(
    [
      '',
      '| fault | survived | recovered, p50 | p95 | output compared | |',
      '| --- | --: | --: | --: | --: | --- |',
      ...rows,
      '',
      `all of it in ${lasted(begun)}`,
    ].join('\n'),
  );
};

const chosen = (): readonly Fault[] => {
  if (options.only === undefined) {
    return FAULTS;
  }
  const all = FAULTS.map(({ name }) => name);
  const names = knownNames('only', options.only, all);
  return FAULTS.filter(({ name }) => names.includes(name));
};

const lasted = (from: number): string => `${Math.round((performance.now() - from) / 1000)} s`;

void main();

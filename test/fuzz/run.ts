/**
 * Sends random and hostile bytes to a daemon and a PTY host of its own, where hellos, control messages and streams are taken in.
 *
 *   npm run fuzz                                     100,000 inputs, a new seed
 *   npm run fuzz -- --inputs 5000 --seed 7           the same inputs again
 *   npm run fuzz -- --only control,stream
 *
 * The product must be built. Fails, with the seed, when a process ends, when another client has to wait for more than
 * a second or is shown something else, or when a log tells of an error that nobody had thought of.
 */
import { randomInt } from 'node:crypto';
import { knownNames, readOptions, wholeNumber } from '../../scripts/options.mjs';
import { fuzz, KINDS } from './fuzz';

/** Hellos and messages go to two processes, streams to one. */
const PLACES = 5;

const options = readOptions('npm run fuzz -- [--inputs N] [--seed N] [--only KIND[,KIND]]', {
  inputs: { type: 'string', default: '100000' },
  seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  only: { type: 'string', default: KINDS.join(',') },
});

const main = async (): Promise<void> => {
  const names = knownNames('only', options.only, KINDS);
  const kinds = KINDS.filter((kind) => names.includes(kind));
  const seed = wholeNumber('seed', options.seed);
  const inputs = wholeNumber('inputs', options.inputs, 1);
  console.log(`seed ${seed}`);
  const started = performance.now();
  const result = await fuzz({
    seed,
    kinds,
    count: Math.ceil(inputs / PLACES),
    say: (text) => console.log(`  ${text}`),
  });
  console.log(
    `${result.inputs} inputs in ${result.connections} connections, ${((performance.now() - started) / 1000).toFixed(0)} s: ` +
      `nothing ended; another client waited ${Math.round(result.longestCallMs)} ms at most for an answer, ` +
      `${Math.round(result.longestEchoMs)} ms for an echo`,
  );
};

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

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
import { parseArgs } from 'node:util';
import { fuzz, KINDS } from './fuzz';

/** Hellos and messages go to two processes, streams to one. */
const PLACES = 5;

const { values: options } = parseArgs({
  options: {
    inputs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    only: { type: 'string', default: KINDS.join(',') },
  },
});

const main = async (): Promise<void> => {
  const kinds = KINDS.filter((kind) => options.only.split(',').includes(kind));
  const seed = Number(options.seed);
  console.log(`seed ${seed}`);
  const started = performance.now();
  const result = await fuzz({
    seed,
    kinds,
    count: Math.ceil(Number(options.inputs) / PLACES),
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

import { setTimeout as sleep } from 'node:timers/promises';
import { contenders, type Measure, type MeasureContext, openHoldfast } from '../harness/measure';
import type { Distribution } from '../harness/statistics';
import { type Contender, type KeptProgram, SIZE, until, untilBegun, type View } from '../terminals/view';

/** Few in a row, so that what else the machine does meets everybody alike. */
const BLOCK = 25;
const BLOCKS = 20;
/**
 * Keys of each before those that count: a session lasts for days, and V8 compiles what keys pass, and compiles it again,
 * for some hundreds of them. How the first ones fare is reported apart.
 */
const FIRST_BLOCKS = 40;
/** People do not type back to back; by then everybody has finished with the key before. */
const PAUSE_MS = { least: 3, spread: 5 };
/** None of them occurs in the sequences a terminal gets for a printed character. */
const KEYS = '~^&=+|';

/** Reads keys one by one and prints them, as a shell or an editor does: the kernel's own echo is off. */
export const ECHO = ['/bin/sh', '-c', 'stty raw -echo; printf "echo-begins"; exec cat'];

interface Competitor {
  readonly contender: Contender;
  readonly program: KeptProgram;
  readonly view: View;
  readonly times: number[];
}

export const echo: Measure = {
  name: 'echo',
  what: 'from a key to its echo, by each way to a terminal and each peer',
  run: async (context, findings) => {
    const holdfast = await openHoldfast(context);
    const all = await openAll(context, contenders(context, holdfast));
    await typeBlocks(context, all, context.times(FIRST_BLOCKS, 1));
    for (const { contender, times } of all) {
      findings.sample('echo of the first keys of a view', contender.name, 'ms', times.splice(0));
    }
    await typeBlocks(context, all, context.times(BLOCKS, 2));
    const found = new Map<string, Distribution>();
    for (const { contender, times } of all) {
      found.set(contender.name, findings.sample('echo of a typed key', contender.name, 'ms', times));
    }
    for (const { program, view } of all) {
      await view.close();
      await program.end();
    }
    const tmux = found.get('tmux');
    const bounds = {
      'holdfast stream': { must: { atMost: 1.2 }, aim: { atMost: 0.9 } },
      'holdfast attach': { must: { atMost: 1.8 }, aim: { atMost: 1.1 } },
    };
    for (const [name, bound] of Object.entries(bounds)) {
      for (const [label, of] of QUANTILES) {
        const own = found.get(name);
        const ratio = own === undefined || tmux === undefined ? null : of(own) / of(tmux);
        findings.figure(`echo of a typed key, ${name}, ${label} against tmux`, ratio, '×', bound);
      }
    }
  },
};

const typeBlocks = async (
  context: MeasureContext,
  all: readonly Competitor[],
  blocks: number,
): Promise<void> => {
  for (let block = 0; block < blocks; block++) {
    for (const { view, times } of all) {
      times.push(...(await typeKeys(view, context.times(BLOCK, 5))));
    }
  }
};

const QUANTILES: readonly (readonly [string, (found: Distribution) => number])[] = [
  ['median', ({ median }) => median],
  ['p95', ({ p95 }) => p95],
];

const openAll = async (
  context: MeasureContext,
  all: readonly Contender[],
): Promise<readonly Competitor[]> => {
  const opened: Competitor[] = [];
  for (const contender of all) {
    context.say(`echo: ${contender.name}`);
    opened.push({ contender, ...(await openEcho(contender)), times: [] });
  }
  return opened;
};

/** A program that echoes, and a view of it that works. */
export const openEcho = async (contender: Contender): Promise<{ program: KeptProgram; view: View }> => {
  const program = await contender.start(ECHO, SIZE);
  const view = await program.attach(SIZE);
  await untilBegun(contender, view, 'echo-begins');
  // Code is compiled.
  for (let key = 0; key < 20; key++) {
    await echoTime(view, KEYS[key % KEYS.length] ?? '~');
  }
  return { program, view };
};

/** @returns milliseconds from key to echo, for each of `count` keys */
export const typeKeys = async (view: View, count: number): Promise<readonly number[]> => {
  const times: number[] = [];
  for (let key = 0; key < count; key++) {
    await sleep(PAUSE_MS.least + Math.random() * PAUSE_MS.spread);
    times.push(await echoTime(view, KEYS[key % KEYS.length] ?? '~'));
  }
  return times;
};

const echoTime = (view: View, key: string): Promise<number> => {
  const bytes = Buffer.from(key);
  const code = bytes[0] ?? 0;
  const seen = until(view, (data) => data.includes(code), `the echo of '${key}'`);
  view.write(bytes);
  return seen;
};

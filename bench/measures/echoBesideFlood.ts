import { type Measure, type MeasureContext, openHoldfast } from '../harness/measure';
import { median, percentile } from '../harness/statistics';
import { HoldfastContender } from '../terminals/holdfast';
import { Tmux } from '../terminals/peers';
import { type Contender, SIZE } from '../terminals/view';
import { openEcho, typeKeys } from './echo';

const RUNS = 3;
const BLOCKS = 4;
const BLOCK = 25;

/** Writes lines as fast as they are taken. */
export const FLOOD = [
  '/bin/sh',
  '-c',
  'exec yes "a line of a program that writes as fast as it can, again and again"',
];

export const echoBesideFlood: Measure = {
  name: 'echo-flood',
  what: "the same while another session's program writes as fast as it can",
  run: async (context, findings) => {
    const holdfast = await openHoldfast(context);
    const ways = [new HoldfastContender(holdfast, 'stream'), new HoldfastContender(holdfast, 'attach')];
    const all: readonly Contender[] = context.installed.has('tmux')
      ? [...ways, context.open(new Tmux())]
      : ways;
    const runs = new Map<string, number[][]>(all.map(({ name }) => [name, []]));
    for (let run = 0; run < context.times(RUNS); run++) {
      const times = new Map<string, number[]>(all.map(({ name }) => [name, []]));
      for (let block = 0; block < context.times(BLOCKS); block++) {
        for (const contender of all) {
          context.say(`echo-flood: ${contender.name}, run ${run + 1}`);
          times.get(contender.name)?.push(...(await besideFlood(context, contender)));
        }
      }
      for (const [name, found] of times) {
        runs.get(name)?.push(found);
      }
    }
    for (const [name, found] of runs) {
      findings.sample('echo of a typed key while another session floods', name, 'ms', found.flat());
    }
    const p95 = (name: string): number[] => (runs.get(name) ?? []).map((times) => percentile(times, 0.95));
    const tmux = p95('tmux');
    for (const { name } of ways) {
      const ratio = tmux.length === 0 ? null : median(p95(name).map((own, run) => own / (tmux[run] ?? own)));
      findings.figure(`echo beside a flood, ${name}, p95 against tmux`, ratio, '×', {
        must: { atMost: 5 },
        aim: { atMost: 2 },
      });
    }
  },
};

const besideFlood = async (context: MeasureContext, contender: Contender): Promise<readonly number[]> => {
  const { program, view } = await openEcho(contender);
  const flood = await contender.start(FLOOD, SIZE);
  try {
    return await typeKeys(view, context.times(BLOCK, 5));
  } finally {
    await flood.end();
    await view.close();
    await program.end();
  }
};

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeLog } from '../harness/flood';
import { type Measure, type MeasureContext, openHoldfast } from '../harness/measure';
import { memoryOf } from '../harness/processes';
import { median } from '../harness/statistics';
import type { Holdfast } from '../terminals/holdfast';
import { PacedView } from '../terminals/pacedView';
import { SIZE, untilText } from '../terminals/view';

const MEGABYTES = 60;
/** Rounds differ by a tenth with whatever else the machine does; the median of so many pairs by one hundredth. */
const PAIRS = 51;
/** The slow one is waited for in so many rounds: it takes longer than all the rest, and says nothing of the others. */
const WAITS = 11;
/** Everybody is up and shows the screen by then; waited for in each round, so that all begin from the same calm. */
const CALM_MS = 1500;
const SLOW_BYTES_A_SECOND = 10_000;
const DEADLINE_MS = 60_000;

interface Round {
  /** Milliseconds the program took, and until the fast viewer was shown the end. */
  readonly program: number;
  readonly fast: number;
  /** Milliseconds from there until the slow viewer was shown the end; null when there was none, or it was not awaited. */
  readonly slow: number | null;
  /** Megabytes of PTY host and daemon at the end of the flood. */
  readonly memory: number | null;
}

/** A viewer that takes 10 kB/s and one that takes nothing, beside a fast one, while the program writes at full speed. */
export const slowViewers: Measure = {
  name: 'slow-viewers',
  what: 'a viewer that takes 10 kB/s and one that takes nothing, beside a fast one, in a flood',
  run: async (context, findings) => {
    const holdfast = await openHoldfast(context);
    const folder = mkdtempSync(join(tmpdir(), 'hf-bench-log-'));
    context.open({ dispose: () => Promise.resolve(rmSync(folder, { recursive: true })) });
    writeLog(join(folder, 'log'), context.times(MEGABYTES, 8));
    const alone: Round[] = [];
    const beside: Round[] = [];
    // What a daemon and a PTY host do for the first time is no part of either.
    await oneRound(context, holdfast, folder, { withSlow: true, isAwaited: false });
    for (let pair = 0; pair < context.times(PAIRS); pair++) {
      context.say(`slow-viewers: round ${pair + 1}`);
      // In turns one of them first: a machine that gets slower meets both alike.
      for (const withSlow of pair % 2 === 0 ? [false, true] : [true, false]) {
        const round = await oneRound(context, holdfast, folder, { withSlow, isAwaited: pair < WAITS });
        (withSlow ? beside : alone).push(round);
      }
    }
    const what = 'cat of 60 MB with a fast viewer';
    for (const [key, who] of [
      ['program', 'the program'],
      ['fast', 'the fast viewer'],
    ] as const) {
      findings.sample(
        `${what} alone`,
        who,
        'ms',
        alone.map((round) => round[key]),
      );
      findings.sample(
        `${what}, beside two slow ones`,
        who,
        'ms',
        beside.map((round) => round[key]),
      );
      const ratios = beside.map((round, pair) => round[key] / (alone[pair]?.[key] ?? Number.NaN));
      findings.figure(`${who} beside two slow viewers, time against without them`, median(ratios), '×', {
        must: { atMost: 1.05 },
      });
    }
    const waits = beside.flatMap(({ slow }) => (slow === null ? [] : [slow]));
    findings.sample(
      'the end shown to the viewer that takes 10 kB/s, after the fast one',
      'holdfast attach',
      'ms',
      waits,
    );
    const memory = (rounds: readonly Round[]): number[] => rounds.flatMap((round) => round.memory ?? []);
    findings.sample('memory at the end of the flood, one viewer', 'both', 'MB', memory(alone));
    findings.sample('memory at the end of the flood, two slow ones beside it', 'both', 'MB', memory(beside));
  },
};

const oneRound = async (
  context: MeasureContext,
  holdfast: Holdfast,
  folder: string,
  { withSlow, isAwaited }: { readonly withSlow: boolean; readonly isAwaited: boolean },
): Promise<Round> => {
  const note = join(folder, 'nanoseconds');
  const script = `stty -echo; printf be; printf gins; read go; s=$(date +%s%N); cat ${join(folder, 'log')}; e=$(date +%s%N); echo $((e-s)) >${note}; printf all-; printf done; read end`;
  const session = await holdfast.start(['/bin/sh', '-c', script]);
  const view = await holdfast.stream(session, SIZE);
  const slow: PacedView[] = [];
  try {
    await untilText(view, 'begins');
    if (withSlow) {
      for (const pace of [SLOW_BYTES_A_SECOND, 0]) {
        slow.push(
          await PacedView.open(holdfast.commandLine('attach', session), SIZE, holdfast.environment, pace),
        );
      }
    }
    await sleep(context.times(CALM_MS, 1000));
    const shown = untilText(view, 'all-done', DEADLINE_MS);
    view.write(Buffer.from('\r'));
    const fast = await shown;
    const memory = memoryOf(await holdfast.processes());
    const [paced] = slow;
    const wait = paced === undefined || !isAwaited ? null : await untilShown(paced);
    return { program: Number(readFileSync(note, 'utf8')) / 1e6, fast, slow: wait, memory };
  } finally {
    await Promise.all(slow.map((one) => one.close()));
    await view.close();
    await holdfast.end(session);
  }
};

const untilShown = async (view: PacedView): Promise<number> => {
  const start = performance.now();
  while (!view.shows('all-done')) {
    if (performance.now() - start > DEADLINE_MS) {
      throw new Error('the slow viewer is not shown the end');
    }
    await sleep(20);
  }
  return performance.now() - start;
};

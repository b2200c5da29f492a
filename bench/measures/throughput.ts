import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeLog } from '../harness/flood';
import {
  contenders,
  isThere,
  type Measure,
  type MeasureContext,
  openHoldfast,
  peers,
  unlessPeerFails,
} from '../harness/measure';
import { type Distribution, median } from '../harness/statistics';
import { HoldfastContender } from '../terminals/holdfast';
import { type Contender, SIZE, untilBegun, untilText } from '../terminals/view';

const MEGABYTES = 60;
const PAIRS = 5;
const DEADLINE_MS = 60_000;

/** A folder with the file that everybody prints. */
const openLog = (context: MeasureContext): { folder: string; file: string; megabytes: number } => {
  const folder = mkdtempSync(join(tmpdir(), 'hf-bench-log-'));
  context.open({ dispose: () => Promise.resolve(rmSync(folder, { recursive: true })) });
  const file = join(folder, 'log');
  const megabytes = context.times(MEGABYTES, 2);
  writeLog(file, megabytes);
  return { folder, file, megabytes };
};

/** From the key that starts it to the end being shown, with a viewer that reads whatever it gets. */
export const attached: Measure = {
  name: 'cat-attached',
  what: 'printing a large file, from the key that starts it to its end being shown to a viewer',
  run: async (context, findings) => {
    const { file, megabytes } = openLog(context);
    const holdfast = await openHoldfast(context);
    const all = contenders(context, holdfast).map((contender) => ({
      contender,
      speeds: [] as (number | undefined)[],
    }));
    for (let round = 0; round < context.times(PAIRS); round++) {
      for (const { contender, speeds } of all) {
        context.say(`cat-attached: ${contender.name}, round ${round + 1}`);
        const time = await unlessPeerFails(context, contender, () => timeAttached(contender, file));
        speeds.push(time === undefined ? undefined : (megabytes / time) * 1000);
      }
    }
    const speedOf = new Map(all.map(({ contender, speeds }) => [contender.name, speeds]));
    for (const [name, speeds] of speedOf) {
      findings.sample(`cat of ${megabytes} MB, attached`, name, 'MB/s', speeds.filter(isThere));
    }
    for (const name of ['holdfast attach', 'holdfast stream']) {
      findings.figure(
        `cat of ${megabytes} MB, ${name}, speed against tmux`,
        pairedRatio(speedOf.get(name), speedOf.get('tmux')),
        '×',
        { must: { atLeast: 1 }, aim: { atLeast: 1.3 } },
      );
    }
  },
};

const timeAttached = async (contender: Contender, file: string): Promise<number> => {
  // In two pieces, so that the command itself is not taken for its end.
  const program = await contender.start(
    ['/bin/sh', '-c', `stty -echo; printf 'be''gins'; read go; cat ${file}; printf 'all-''done'; read end`],
    SIZE,
  );
  const view = await program.attach(SIZE);
  try {
    await untilBegun(contender, view, 'begins');
    const shown = untilText(view, 'all-done', DEADLINE_MS);
    view.write(Buffer.from('\r'));
    return await shown;
  } finally {
    await view.close();
    await program.end();
  }
};

/** As long as the program itself takes, with nobody looking. */
export const detached: Measure = {
  name: 'cat-detached',
  what: 'the same with nobody looking: as long as the program itself takes',
  run: async (context, findings) => {
    const { folder, file, megabytes } = openLog(context);
    const holdfast = await openHoldfast(context);
    const all = [new HoldfastContender(holdfast, 'stream'), ...peers(context)].map((contender) => ({
      contender,
      speeds: [] as number[],
    }));
    for (let round = 0; round < context.times(PAIRS); round++) {
      for (const { contender, speeds } of all) {
        context.say(`cat-detached: ${contender.name}, round ${round + 1}`);
        speeds.push((megabytes / (await timeDetached(contender, file, folder))) * 1000);
      }
    }
    const speedOf = new Map(all.map(({ contender, speeds }) => [contender.name.split(' ')[0] ?? '', speeds]));
    const found = new Map<string, Distribution>();
    for (const [name, speeds] of speedOf) {
      found.set(name, findings.sample(`cat of ${megabytes} MB, detached`, name, 'MB/s', speeds));
    }
    findings.figure(
      `cat of ${megabytes} MB, detached, speed against tmux`,
      pairedRatio(speedOf.get('holdfast'), speedOf.get('tmux')),
      '×',
      { must: { atLeast: 1 } },
    );
  },
};

const timeDetached = async (contender: Contender, file: string, folder: string): Promise<number> => {
  const note = join(folder, 'nanoseconds');
  rmSync(note, { force: true });
  // The end is noted under another name first, so that a file that is there is whole.
  const script = `sleep 0.2; s=$(date +%s%N); cat ${file}; e=$(date +%s%N); echo $((e-s)) >${note}.new; mv ${note}.new ${note}; read end`;
  const program = await contender.start(['/bin/sh', '-c', script], SIZE);
  try {
    for (const deadline = Date.now() + DEADLINE_MS; !existsSync(note); await sleep(20)) {
      if (Date.now() > deadline) {
        throw new Error(`cat did not end in ${DEADLINE_MS} ms with ${contender.name}`);
      }
    }
    return Number(readFileSync(note, 'utf8')) / 1e6;
  } finally {
    await program.end();
  }
};

/** The median of the ratios of neighbours in time, which met the same noise. */
const pairedRatio = (
  own: readonly (number | undefined)[] | undefined,
  peer: readonly (number | undefined)[] | undefined,
): number | null => {
  if (own === undefined || peer === undefined) {
    return null;
  }
  const ratios = own.map((value, index) => {
    const other = peer[index];
    return value === undefined || other === undefined ? undefined : value / other;
  });
  return ratios.some(isThere) ? median(ratios.filter(isThere)) : null;
};

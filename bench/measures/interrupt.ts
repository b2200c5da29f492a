import { setTimeout as sleep } from 'node:timers/promises';
import { contenders, type Measure, type MeasureContext, openHoldfast } from '../harness/measure';
import { type Contender, SIZE, untilBegun, untilText } from '../terminals/view';

const REPETITIONS = 10;
const FLOOD_MS = 700;
const CTRL_C = Buffer.from('\x03');

/** From Ctrl-C to the prompt, while the program in front of it writes as fast as it can. */
export const interrupt: Measure = {
  name: 'ctrl-c',
  run: async (context, findings) => {
    const holdfast = await openHoldfast(context);
    const all = contenders(context, holdfast).map((contender) => ({ contender, times: [] as number[] }));
    for (let round = 0; round < context.times(REPETITIONS); round++) {
      for (const { contender, times } of all) {
        context.say(`ctrl-c: ${contender.name}, round ${round + 1}`);
        times.push(await timeOne(context, contender));
      }
    }
    for (const { contender, times } of all) {
      const found = findings.sample('Ctrl-C during a flood', contender.name, 'ms', times);
      if (contender.name.startsWith('holdfast')) {
        findings.figure(`Ctrl-C during a flood, ${contender.name}, p95`, found.p95, 'ms', {
          must: { atMost: 100 },
          aim: { atMost: 30 },
        });
      }
    }
  },
};

const timeOne = async (context: MeasureContext, contender: Contender): Promise<number> => {
  // The prompt comes from what catches the signal, so that it stands behind everything else.
  const script =
    'trap "printf %s%s stopped- here" INT; printf %s%s be gins; read go; yes "a line of a flood that is to be stopped"; read end';
  const program = await contender.start(['/bin/bash', '-c', script], SIZE);
  const view = await program.attach(SIZE);
  try {
    await untilBegun(contender, view, 'begins');
    view.write(Buffer.from('\r'));
    await sleep(context.times(FLOOD_MS, 200));
    const shown = untilText(view, 'stopped-here');
    view.write(CTRL_C);
    return await shown;
  } finally {
    await view.close();
    await program.end();
  }
};

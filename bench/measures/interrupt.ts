import { setTimeout as sleep } from 'node:timers/promises';
import {
  contenders,
  type Measure,
  type MeasureContext,
  openHoldfast,
  unlessPeerFails,
} from '../harness/measure';
import { type Contender, SIZE, untilBegun, untilText } from '../terminals/view';

const FLOOD_MS = 700;
const CTRL_C = Buffer.from('\x03');

interface Flood {
  readonly name: string;
  /** In bash. */
  readonly command: string;
  readonly repetitions: number;
  /** Whether it takes part, by its name. */
  readonly isFor: (contender: string) => boolean;
}

const FLOODS: readonly Flood[] = [
  {
    name: 'a flood',
    command: 'yes "a line of a flood that is to be stopped"',
    repetitions: 20,
    isFor: () => true,
  },
  {
    // Emulators, and whatever looks for control sequences, take several times as long for each byte of it.
    name: 'a coloured flood',
    command: "yes $'\\e[31mred\\e[0m \\e[1;32mgreen bold\\e[0m and \\e[48;5;17mblue background\\e[m here'",
    repetitions: 20,
    isFor: (contender) => contender.startsWith('holdfast') || contender === 'tmux',
  },
];

/** From Ctrl-C to the prompt, while the program in front of it writes as fast as it can. */
export const interrupt: Measure = {
  name: 'ctrl-c',
  what: 'from Ctrl-C in a flood, plain and coloured, to the prompt',
  run: async (context, findings) => {
    const holdfast = await openHoldfast(context);
    const known = contenders(context, holdfast);
    for (const { name, command, repetitions, isFor } of FLOODS) {
      const all = known
        .filter((contender) => isFor(contender.name))
        .map((contender) => ({ contender, times: [] as number[] }));
      for (let round = 0; round < context.times(repetitions); round++) {
        for (const { contender, times } of all) {
          context.say(`ctrl-c: ${contender.name}, ${name}, round ${round + 1}`);
          const time = await unlessPeerFails(context, contender, () => timeOne(context, contender, command));
          if (time !== undefined) {
            times.push(time);
          }
        }
      }
      for (const { contender, times } of all) {
        const found = findings.sample(`Ctrl-C during ${name}`, contender.name, 'ms', times);
        if (contender.name.startsWith('holdfast')) {
          findings.figure(`Ctrl-C during ${name}, ${contender.name}, p95`, found.p95, 'ms', {
            must: { atMost: 100 },
            aim: { atMost: 30 },
          });
        }
      }
    }
  },
};

const timeOne = async (context: MeasureContext, contender: Contender, flood: string): Promise<number> => {
  // The prompt comes from what catches the signal, so that it stands behind everything else.
  const script = `trap "printf %s%s stopped- here" INT; printf %s%s be gins; read go; ${flood}; read end`;
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

import type { Measure } from '../harness/measure';
import { timeProcess } from '../harness/processes';
import { Holdfast } from '../terminals/holdfast';
import { Tmux } from '../terminals/peers';
import { SIZE } from '../terminals/view';

const REPETITIONS = 10;

/** The very first command of a user: folders are made, the program is copied, the daemon starts and answers. */
export const firstCall: Measure = {
  name: 'first-call',
  what: 'the very first command of a user: folders are made, the program is copied, the daemon starts and answers',
  run: async (context, findings) => {
    const own: number[] = [];
    const theirs: number[] = [];
    for (let repetition = 0; repetition < context.times(REPETITIONS, 2); repetition++) {
      const holdfast = context.open(new Holdfast());
      own.push(await timeProcess(holdfast.commandLine('ls', '--json'), holdfast.environment));
      await holdfast.dispose();
      if (context.installed.has('tmux')) {
        const tmux = context.open(new Tmux());
        const start = performance.now();
        await tmux.start(['/bin/cat'], SIZE);
        theirs.push(performance.now() - start);
        await tmux.dispose();
      }
    }
    const found = findings.sample(
      'first call ever, the start of the server included',
      'holdfast ls',
      'ms',
      own,
    );
    if (theirs.length > 0) {
      findings.sample('first call ever, the start of the server included', 'tmux new-session', 'ms', theirs);
    }
    findings.figure('first call ever, median', found.median, 'ms', { must: { atMost: 700 } });
  },
};

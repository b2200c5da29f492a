import { setTimeout as sleep } from 'node:timers/promises';
import { type Measure, type MeasureContext, openHoldfast } from '../harness/measure';
import type { Findings } from '../harness/results';
import { Attacher } from '../terminals/attacher';
import { HoldfastContender } from '../terminals/holdfast';
import { type PeerProgram, Tmux } from '../terminals/peers';
import { type KeptProgram, SIZE, untilText } from '../terminals/view';

/** Many, as the 95th percentile of 100 is the fifth worst. */
const REPETITIONS = 300;
/** Daemons whose first attach is looked at. */
const DAEMONS = 10;
const SCROLLBACK = [0, 1000, 10_000];

/** A program that has written so many lines, and a last word that every screen of it shows. */
const program = (lines: number): readonly string[] => [
  '/bin/sh',
  '-c',
  `seq -f 'line %g of what a build prints, with some text behind it to be of ordinary length' ${lines + SIZE.rows}; printf 'last-word'; exec cat`,
];

export const attachTime: Measure = {
  name: 'attach',
  what: "how long it takes until a session's screen is shown, the first time in a daemon's life too, by lines of scrollback",
  run: async (context, findings) => {
    await firstAttaches(context, findings);
    const holdfast = await openHoldfast(context);
    const attacher = context.open(await Attacher.open(holdfast.options));
    const tmux = context.installed.has('tmux') ? context.open(new Tmux()) : undefined;
    for (const lines of SCROLLBACK) {
      context.say(`attach: ${lines} lines`);
      const command = lines === 0 ? EMPTY : program(lines);
      const session = await holdfast.start(command);
      const peer = await tmux?.start(command, SIZE);
      // Both have taken in what there is.
      await untilShown(await new HoldfastContender(holdfast, 'stream').start(command));
      await sleep(context.times(1000, 200));
      const own: number[] = [];
      const theirs: number[] = [];
      for (let repetition = 0; repetition < context.times(REPETITIONS, 3); repetition++) {
        own.push(await attacher.attach(session));
        if (peer !== undefined) {
          theirs.push(await timePeer(peer));
        }
        // The peer's client has left, and its server knows.
        await sleep(20);
      }
      const what = `attach with ${lines === 0 ? 'no' : lines.toLocaleString('en')} lines of scrollback`;
      const found = findings.sample(what, 'holdfast stream', 'ms', own);
      findings.sample(`${what}, parsing by an emulator`, '@xterm/headless', 'ms', await attacher.parse());
      findings.figure(`${what}, p95`, found.p95, 'ms', {
        must: { atMost: lines > 1000 ? 25 : 10 },
        aim: { atMost: 10 },
      });
      if (theirs.length > 0) {
        const others = findings.sample(what, 'tmux', 'ms', theirs);
        if (lines === 0) {
          findings.figure(`${what}, median against tmux`, found.median / others.median, '×', {
            aim: { atMost: 1 },
          });
        }
      } else if (lines === 0) {
        findings.figure(`${what}, median against tmux`, null, '×', { aim: { atMost: 1 } });
      }
      await holdfast.end(session);
      await peer?.end();
    }
  },
};

/** What nobody has done yet in a daemon's life, and in the size of a window that has just been opened. */
const firstAttaches = async (context: MeasureContext, findings: Findings): Promise<void> => {
  context.say('attach: the first ones');
  const times: number[] = [];
  for (let daemon = 0; daemon < context.times(DAEMONS, 1); daemon++) {
    const holdfast = await openHoldfast(context);
    const session = await holdfast.start(EMPTY);
    await sleep(context.times(1000, 200));
    const attacher = context.open(await Attacher.open(holdfast.options));
    times.push(await attacher.attach(session));
    await attacher.dispose();
    await holdfast.dispose();
  }
  findings.sample("first attach in a daemon's life, in another size", 'holdfast stream', 'ms', times);
};

const EMPTY = ['/bin/sh', '-c', "printf 'last-word'; exec cat"];

const untilShown = async (kept: KeptProgram): Promise<void> => {
  const view = await kept.attach(SIZE);
  await untilText(view, 'last-word');
  await view.close();
  await kept.end();
};

/** From the start of its process to the last row of the screen. */
const timePeer = async (peer: PeerProgram): Promise<number> => {
  const { view, go } = await peer.prepare(SIZE);
  const shown = untilText(view, 'last-word');
  go();
  const taken = await shown;
  await view.close();
  return taken;
};

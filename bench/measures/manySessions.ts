import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_SIZE } from '../../daemon/protocol/model';
import { SessionList } from '../../daemon/protocol/sessions';
import { TerminalSnapshot, TerminalType } from '../../daemon/protocol/terminals';
import { Variable } from '../../daemon/protocol/variables';
import { type Measure, type MeasureContext, openHoldfast } from '../harness/measure';
import { memoryOf, processorTimeOf, timeProcess } from '../harness/processes';
import type { Findings } from '../harness/results';
import { median } from '../harness/statistics';
import type { Holdfast } from '../terminals/holdfast';

const LINES = 1000;
const FLOOD_LINES = 50_000;
const IDLE_MS = 20_000;
/** How long the garbage collectors and whatever works behind get before memory is read. */
const SETTLE_MS = 8000;
/** A screen sleeps a minute after it was needed last; not so long here, so that the measure ends in time. */
const SLEEP_AFTER_MS = 10_000;
/** How long it may take behind that: they fall asleep faster than they are started. */
const FALL_ASLEEP_MS = 5000;
const ATTACHES = 100;
const CALLS = 20;
const PATIENCE_MS = 60_000;
/** Sessions that are started at a time, as a script would. */
const AT_ONCE = 8;

/** Writes some history, then more of it for each line that it reads. */
const PROGRAM = [
  '/bin/sh',
  '-c',
  `stty -echo; write() { seq -f 'line %g of what a build prints, with some text to be of ordinary length' $1; }; write ${LINES}; while read lines; do write $lines; done`,
];

export const manySessions: Measure = {
  name: 'sessions',
  what: 'memory, processor time and answers with up to 1000 idle sessions, and what waking one takes',
  run: async (context, findings) => {
    const sleepAfter = context.times(SLEEP_AFTER_MS, 200);
    const holdfast = await openHoldfast(context, { [Variable.SLEEP_AFTER_MS]: String(sleepAfter) });
    const run = new Run(holdfast, context, findings);
    const [few, some, many, most] = context.quick ? [1, 2, 3, 4] : [1, 50, 200, 1000];
    await run.memory(0);
    await run.grow(few);
    await run.grow(some);
    await run.fallAsleep();
    const before = await run.memory(some, { must: { atMost: 200 } });
    await run.flood();
    await run.fallAsleep();
    await run.memoryAfterFloods(some, before);
    await run.grow(many);
    await run.fallAsleep();
    await run.idle(many);
    const atMany = await run.memory(many);
    await run.grow(most);
    await run.fallAsleep();
    await run.idle(most);
    const atMost = await run.memory(most);
    run.perSession(some, before, many, atMany);
    run.perSession(some, before, most, atMost);
    await run.attachToSleeping();
    const alone = new Run(await openHoldfast(context), context, findings);
    await alone.grow(few);
    // Warm: in the first seconds of their lives daemon and PTY host compile, and keep what V8 has compiled.
    await sleep(context.times(SETTLE_MS, 0));
    await run.list(most, alone, few);
  },
};

class Run {
  private readonly _sessions: string[] = [];

  public constructor(
    private readonly _holdfast: Holdfast,
    private readonly _context: MeasureContext,
    private readonly _findings: Findings,
  ) {}

  /** Starts sessions until there are so many. */
  public async grow(count: number): Promise<void> {
    this._context.say(`sessions: ${count}`);
    while (this._sessions.length < count) {
      const missing = Math.min(AT_ONCE, count - this._sessions.length);
      const started = await Promise.all(Array.from({ length: missing }, () => this._holdfast.start(PROGRAM)));
      await Promise.all(started.map((session) => this._shows(session, `line ${LINES} of`)));
      this._sessions.push(...started);
    }
  }

  /** Everybody writes a flood. */
  public async flood(): Promise<void> {
    const lines = this._context.times(FLOOD_LINES, 2000);
    this._context.say(`sessions: ${lines} lines each`);
    const connection = await this._holdfast.connection();
    for (const session of this._sessions) {
      await connection.call(TerminalType.type, {
        target: { text: session },
        text: String(lines),
        enter: true,
      });
      await this._shows(session, `line ${lines} of`);
    }
  }

  /** Until the screens of all are on disk only, as a minute after they were last needed. */
  public async fallAsleep(): Promise<void> {
    await sleep(this._context.times(SLEEP_AFTER_MS + FALL_ASLEEP_MS, 2000));
  }

  /** The first time somebody looks at a session after its screen went to sleep, and the second. */
  public async attachToSleeping(): Promise<void> {
    const connection = await this._holdfast.connection();
    const times = { sleeping: [] as number[], awake: [] as number[] };
    for (const session of this._sessions.slice(0, this._context.times(ATTACHES, 2))) {
      for (const state of ['sleeping', 'awake'] as const) {
        const start = performance.now();
        const attachment = await connection.attach({
          target: { text: session },
          mode: 'interactive',
          size: DEFAULT_SIZE,
          history: LINES,
        });
        attachment.start();
        times[state].push(performance.now() - start);
        attachment.detach();
        await sleep(5);
      }
    }
    const what = 'attach to each of many sessions';
    const first = this._findings.sample(what, 'asleep', 'ms', times.sleeping);
    const second = this._findings.sample(what, 'awake', 'ms', times.awake);
    this._findings.figure('first attach to a session that sleeps, median', first.median, 'ms', {});
    this._findings.figure('first attach to a session that sleeps, p95', first.p95, 'ms', {});
    this._findings.figure('what waking costs an attach, median', first.median - second.median, 'ms', {});
  }

  public async memory(count: number, bounds = {}): Promise<number | null> {
    await sleep(this._context.times(SETTLE_MS, 500));
    const [daemon, host] = await this._holdfast.processes();
    const found = memoryOf([daemon, host].filter((pid) => pid !== undefined));
    const title = `memory with ${count} idle sessions${count === 0 ? '' : ', asleep'}, PTY host and daemon`;
    for (const [who, pid] of [
      ['daemon', daemon],
      ['PTY host', host],
    ] as const) {
      const one = pid === undefined ? null : memoryOf([pid]);
      if (one !== null) {
        this._findings.sample(`memory with ${count} idle sessions`, who, 'MB', [one]);
      }
    }
    this._findings.figure(title, found, 'MB', bounds);
    return found;
  }

  public async memoryAfterFloods(count: number, before: number | null): Promise<void> {
    await sleep(this._context.times(SETTLE_MS, 500));
    const after = memoryOf(await this._holdfast.processes());
    if (after !== null) {
      this._findings.sample(`memory with ${count} sessions after a flood in each`, 'both', 'MB', [after]);
    }
    this._findings.figure(
      `memory after a flood in each of ${count} sessions, against before`,
      after === null || before === null ? null : after / before,
      '×',
      { must: { atMost: 1.2 } },
    );
  }

  public perSession(few: number, atFew: number | null, many: number, atMany: number | null): void {
    this._findings.figure(
      `memory of each session from ${few} to ${many}`,
      atFew === null || atMany === null ? null : (atMany - atFew) / (many - few),
      'MB',
      { must: { atMost: 1 }, aim: { atMost: 0.3 } },
    );
  }

  /** Processor time while nothing happens. */
  public async idle(count: number): Promise<void> {
    const pids = await this._holdfast.processes();
    await sleep(this._context.times(SETTLE_MS, 500));
    const milliseconds = this._context.times(IDLE_MS, 500);
    const before = processorTimeOf(pids);
    await sleep(milliseconds);
    const after = processorTimeOf(pids);
    this._findings.figure(
      `processor time of ${count} idle sessions, of one core`,
      before === null || after === null ? null : ((after - before) / (milliseconds / 1000)) * 100,
      '%',
      { must: { atMost: 1 } },
    );
  }

  /** A list among these sessions and one of another user with fewer, in turns: the machine's speed is the same for both. */
  public async list(count: number, other: Run, fewer: number): Promise<void> {
    this._context.say('sessions: ls');
    const here = new Lists(this._holdfast);
    const there = new Lists(other._holdfast);
    const floor: number[] = [];
    await Promise.all([here.warm(), there.warm()]);
    for (let index = 0; index < this._context.times(CALLS, 2); index++) {
      for (const lists of index % 2 === 0 ? [here, there] : [there, here]) {
        await lists.measure();
      }
      floor.push(await timeProcess([process.execPath, '-e', '0'], this._holdfast.environment));
    }
    const what = 'holdfast ls --json, warm';
    for (const [lists, sessions] of [
      [there, fewer],
      [here, count],
    ] as const) {
      const named = `${what}, ${sessions} ${sessions === 1 ? 'session' : 'sessions'}`;
      this._findings.sample(named, 'whole process', 'ms', lists.processes);
      this._findings.sample(named, 'the call alone', 'ms', lists.calls);
    }
    this._findings.sample(what, 'Node alone, doing nothing', 'ms', floor);
    const alone = median(there.processes);
    this._findings.figure(`${what}, ${fewer} session, median`, alone, 'ms', { must: { atMost: 120 } });
    this._findings.figure(`the same with ${count} sessions`, median(here.processes) / alone, '×', {
      must: { atMost: 1.2 },
    });
  }

  private async _shows(session: string, text: string): Promise<void> {
    const connection = await this._holdfast.connection();
    for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(20)) {
      const { lines } = await connection.call(TerminalSnapshot.type, { target: { text: session } });
      if (lines.some((line) => line.includes(text))) {
        return;
      }
      if (Date.now() > deadline) {
        throw new Error(`a session does not show '${text}'`);
      }
    }
  }
}

/** What `ls` takes: whole processes, and the call alone. */
class Lists {
  public readonly processes: number[] = [];
  public readonly calls: number[] = [];

  public constructor(private readonly _holdfast: Holdfast) {}

  public async warm(): Promise<void> {
    await this._process();
  }

  public async measure(): Promise<void> {
    this.processes.push(await this._process());
    const connection = await this._holdfast.connection();
    const start = performance.now();
    await connection.call(SessionList.type, {});
    this.calls.push(performance.now() - start);
  }

  private _process(): Promise<number> {
    return timeProcess(this._holdfast.commandLine('ls', '--json'), this._holdfast.environment);
  }
}

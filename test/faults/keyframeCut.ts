import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Journal } from '../../daemon/journal/journal';
import { newId } from '../../daemon/platform/secrets';
import { SET_ASIDE_SUFFIX } from '../../daemon/protocol/endpoint';
import type { Offset, TerminalId } from '../../daemon/protocol/ids';
import type { Size } from '../../daemon/protocol/model';
import { Mark } from '../../daemon/screen/historyLine';
import { readJournalTail } from '../../daemon/screen/journalTail';
import { KEYFRAME_BYTES, KEYFRAME_QUIET_MS } from '../../daemon/screen/keyframeKeeper';
import { Mirror } from '../../daemon/screen/mirror';
import { feed, plainTerminal } from '../../daemon/screen/testing/transparency';
import type { WorkerSettings } from '../../daemon/screen/workerMessages';
import type { Fault, FaultContext, FaultResult } from './fault';
import { Coins } from './halfWritten';
import { inFolder } from './inFolder';
import { type FolderRemains, RecordedFolders } from './recordedFolders';
import { ReplacedCalls } from './replacedCalls';

const ROWS = 8;
const FIRST_SIZE: Size = { cols: 40, rows: ROWS };
const ENOUGH = 20_000;
/** Small, so that histories have several files … */
const SEGMENT_BYTES = 40 * 1024;
/** … and enough, so that none of them is dropped. */
const MAX_LINES = 2000;
/** Of the clock by which lines are brought to the disk beside the work: every third step they may be. */
const STEP_MS = 1500;

/**
 * The power goes behind any system call that writes a keyframe or a history, with what is not flushed on the disk or not, in
 * any order: the screen that is rebuilt there, with what is left of the journal, is one that was shown, the last flushed
 * one or a later one. Above it no line is torn, doubled or out of order; what is missing was not flushed, and is told.
 */
export const keyframeCut: Fault = {
  name: 'keyframe-cut',
  title: 'the power is cut between any two system calls that write a keyframe or a history',
  times: 12,
  run: (context) => inFolder((folder) => run(folder, context)),
};

type Step =
  /** Lines, of which the last has no end when `isOpen`. */
  | { readonly does: 'output'; readonly lines: number; readonly isOpen: boolean }
  /** So much that a keyframe is written without waiting for the history. */
  | { readonly does: 'flood' }
  | { readonly does: 'resize'; readonly size: Size }
  /** Somebody attaches: the history is written to its end, and not flushed. */
  | { readonly does: 'look' }
  /** Quiet for a second. */
  | { readonly does: 'save' }
  /** What is on its way to the disk comes there. */
  | { readonly does: 'settle' }
  /** The daemon is killed, and the next one goes on with what is written, which nobody has flushed. */
  | { readonly does: 'restart' };

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 10,
      arbitrary: fc.record({
        does: fc.constant('output' as const),
        lines: fc.integer({ min: 1, max: 150 }),
        isOpen: fc.boolean(),
      }),
    },
    { weight: 3, arbitrary: fc.constant({ does: 'flood' as const }) },
    {
      weight: 2,
      arbitrary: fc.record({
        does: fc.constant('resize' as const),
        size: fc.record({ cols: fc.integer({ min: 20, max: 60 }), rows: fc.constant(ROWS) }),
      }),
    },
    { weight: 3, arbitrary: fc.constant({ does: 'look' as const }) },
    { weight: 4, arbitrary: fc.constant({ does: 'save' as const }) },
    { weight: 3, arbitrary: fc.constant({ does: 'settle' as const }) },
    { weight: 2, arbitrary: fc.constant({ does: 'restart' as const }) },
  ),
  { minLength: 25, maxLength: 35 },
);

/** What the journal would say. */
type JournalStep =
  | { readonly at: Offset; readonly data: Buffer }
  | { readonly at: Offset; readonly size: Size };

/** What is shown behind a number of journal steps. */
interface Shown {
  readonly offset: Offset;
  readonly size: Size;
  readonly lines: readonly string[];
  /** How many of the lines have left the screen. */
  readonly above: number;
}

interface Cut {
  readonly call: string;
  readonly remains: FolderRemains;
  /** Of the journal steps, those that a flushed keyframe covers, that are flushed, and that were made. */
  readonly covered: number;
  readonly flushed: number;
  readonly made: number;
  /** What was shown when all was flushed last, by its journal steps. */
  readonly saved: number;
}

const run = async (folder: string, { times, seed, say }: FaultContext): Promise<FaultResult> => {
  const coins = new Coins(seed);
  let cuts = 0;
  let different = 0;
  let bytes = 0;
  for (const [time, history] of fc.sample(steps, { seed, numRuns: times }).entries()) {
    const lived = await live(join(folder, `live-${time}`), history, coins);
    const seen = new Set<string>();
    cuts += lived.cuts.length;
    for (const cut of lived.cuts) {
      const key = keyOf(cut);
      if (!seen.has(key)) {
        seen.add(key);
        bytes += check(join(folder, 'cut'), cut, lived);
      }
    }
    different += seen.size;
    say(`${seen.size} of ${lived.cuts.length} cuts`);
  }
  return {
    survived: cuts,
    recoveries: [],
    bytesChecked: bytes,
    notes: [`${different} different states of the disk; no line is torn, and what was flushed is there`],
  };
};

interface Lived {
  readonly terminal: TerminalId;
  readonly settings: WorkerSettings;
  readonly journal: readonly JournalStep[];
  readonly shown: readonly Shown[];
  readonly cuts: readonly Cut[];
}

/** Lives through a history, and notes what a cut behind each call could leave. */
const live = async (folder: string, history: readonly Step[], coins: Coins): Promise<Lived> => {
  const terminal = newId() as TerminalId;
  const settings = settingsIn(folder);
  const reference = new Mirror(terminal, FIRST_SIZE, settingsIn(join(folder, 'reference')));
  const journal: JournalStep[] = [];
  const shown: Shown[] = [];
  const cuts: Cut[] = [];
  const place = { covered: 0, flushed: 0, saved: 0 };
  const disk = new RecordedFolders(
    [settings.historiesFolder, settings.keyframesFolder],
    coins,
    (call, remains) =>
      cuts.push(...remains().map((each) => ({ call, remains: each, ...place, made: journal.length }))),
  );
  disk.install();
  const clock = new ReplacedCalls();
  let now = performance.now();
  clock.replace(performance, 'now', () => now);
  // Only 'save' is a quiet second: a mirror whose daemon was killed would have one, too.
  const { setTimeout: start } = globalThis;
  clock.replace(globalThis, 'setTimeout', ((...args: Parameters<typeof start>) => {
    const timer = start(...args);
    if ((args[1] ?? 0) >= KEYFRAME_QUIET_MS) {
      clearTimeout(timer);
    }
    return timer;
  }) as typeof start);
  const mirrors: Mirror[] = [];
  const begin = (): Mirror => {
    const next = new Mirror(terminal, FIRST_SIZE, settings);
    mirrors.push(next);
    next.onCovered((covered) => {
      const later = journal.findIndex((step) => step.at >= covered);
      place.covered = later === -1 ? journal.length : later;
    });
    return next;
  };
  let mirror = begin();
  shown.push(shownBy(reference));
  let line = 0;
  const take = (step: JournalStep): void => {
    journal.push(step);
    for (const each of [reference, mirror]) {
      apply(each, step);
    }
    shown.push(shownBy(reference));
  };
  try {
    for (const step of history) {
      now += STEP_MS;
      switch (step.does) {
        case 'output': {
          const text = Array.from({ length: Math.min(step.lines, MAX_LINES - line) }, () =>
            lineAt(line++),
          ).join('');
          take({ at: mirror.offset, data: Buffer.from(step.isOpen ? text.slice(0, -2) : text) });
          break;
        }
        case 'flood':
          take({ at: mirror.offset, data: FLOOD });
          break;
        case 'resize':
          take({ at: mirror.offset, size: step.size });
          break;
        case 'look':
          mirror.snapshot(ENOUGH);
          break;
        case 'save':
          mirror.writeKeyframe();
          place.saved = journal.length;
          break;
        case 'settle':
          place.flushed = journal.length;
          await new Promise((resolve) => setTimeout(resolve, 10));
          break;
        case 'restart': {
          mirror = begin();
          const ring = join(folder, `journal-${mirrors.length}`);
          writeJournal(ring, journal.slice(place.covered), shown[place.covered]);
          replay(mirror, ring);
          break;
        }
      }
    }
  } finally {
    clock.restore();
    disk.uninstall();
    for (const each of mirrors) {
      each.dispose();
    }
    reference.dispose();
  }
  return { terminal, settings, journal, shown, cuts };
};

/** @returns how many bytes of text were compared */
const check = (folder: string, cut: Cut, { terminal, settings, journal, shown }: Lived): number => {
  let compared = 0;
  // What is flushed of the journal is there at least, all that was made at most.
  for (const end of new Set([Math.max(cut.flushed, cut.covered), cut.made])) {
    rmSync(folder, { recursive: true, force: true });
    const there = settingsIn(folder);
    for (const [path, bytes] of cut.remains) {
      const isHistory = path.startsWith(settings.historiesFolder);
      const name = path.slice((isHistory ? settings.historiesFolder : settings.keyframesFolder).length);
      writeFileSync(join(isHistory ? there.historiesFolder : there.keyframesFolder, name), bytes);
    }
    const ring = join(folder, 'journal');
    writeJournal(ring, journal.slice(cut.covered, end), shown[cut.covered]);
    compared += checkScreen({ there, terminal, ring, cut, end, shown });
  }
  return compared;
};

interface Found {
  readonly there: WorkerSettings;
  readonly terminal: TerminalId;
  readonly ring: string;
  readonly cut: Cut;
  readonly end: number;
  readonly shown: readonly Shown[];
}

const checkScreen = ({ there, terminal, ring, cut, end, shown }: Found): number => {
  const mirror = new Mirror(terminal, FIRST_SIZE, there);
  try {
    replay(mirror, ring);
    mirror.writeKeyframe();
    const found = shownBy(mirror);
    // A later resize may have brought lines back that a keyframe has above its screen.
    const above = Math.max(...shown.slice(cut.covered, cut.made + 1).map((each) => each.above));
    // What stood on the screen then is kept, wherever it is now. The last line may have gone on.
    const saved = (shown[cut.saved]?.lines.length ?? 0) - 1;
    const candidates = shown
      .slice(Math.max(end, cut.saved), cut.made + 1)
      .filter((each) => each.offset === found.offset && each.size.cols === found.size.cols);
    const differences =
      found.offset === 0
        ? [differenceFromBeginning(found, shown[cut.made])]
        : candidates.map((each) => differenceOf(found, each, { saved, above }));
    assert.ok(
      differences.includes(undefined),
      `behind '${cut.call}', journal step ${end} of ${cut.made}, saved ${cut.saved}: at ${found.offset} ${found.size.cols} ` +
        `${differences[0] ?? 'is nothing that was shown since'}; files ${[...cut.remains].map(([path, { length }]) => `${path} ${length}`).join(', ')}`,
    );
    const isWhole = candidates.some(
      (each, index) => differences[index] === undefined && each.lines.length === found.lines.length,
    );
    checkFiles(there, isWhole || found.offset === 0 ? 'whole' : 'with a gap');
    return found.lines.join('\n').length;
  } finally {
    mirror.dispose();
  }
};

/** Nothing that is said to be on the disk is missing there, so nothing is damaged; what is missing is told. */
const checkFiles = (
  { historiesFolder, keyframesFolder }: WorkerSettings,
  lines: 'whole' | 'with a gap',
): void => {
  const histories = readdirSync(historiesFolder);
  const aside = [...histories, ...readdirSync(keyframesFolder)].filter((name) => SET_ASIDE_SUFFIX.test(name));
  assert.deepEqual(aside, [], 'a power cut leaves nothing that counts as damaged');
  const text = histories.map((name) => readFileSync(join(historiesFolder, name), 'latin1')).join('');
  assert.ok(lines === 'whole' || text.includes(Mark.GAP), 'the history notes that lines are missing');
};

/**
 * How what was found differs from what was shown, but for lines in one place that were not flushed: behind the first `saved`
 * ones, which were shown when all was flushed last, and above the screen when that was flushed, which are the first `above`.
 */
const differenceOf = (
  found: Shown,
  expected: Shown,
  { saved, above }: { readonly saved: number; readonly above: number },
): string | undefined => {
  const missing = expected.lines.length - found.lines.length;
  const common = expected.lines.findIndex((line, index) => line !== found.lines[index]);
  if (common === -1 && missing === 0) {
    return undefined;
  }
  if (missing <= 0) {
    return `line ${common} is ${JSON.stringify(found.lines.slice(common, common + 2))}, not ${JSON.stringify(expected.lines.slice(common, common + 2))}`;
  }
  const behind = found.lines.slice(common);
  const wanted = expected.lines.slice(common + missing);
  if (behind.some((line, index) => line !== wanted[index])) {
    return `${missing} lines are missing behind line ${common}, and then comes ${JSON.stringify(behind.slice(0, 2))}`;
  }
  return common < saved || common + missing > above
    ? `${missing} lines are missing behind line ${common}; the first ${saved} and those behind ${above} were flushed`
    : undefined;
};

/** Where neither keyframe nor journal has come to the disk, whole lines may have. */
const differenceFromBeginning = (found: Shown, expected: Shown | undefined): string | undefined => {
  const lines = found.lines.slice(0, found.lines.findLastIndex((line) => line !== '') + 1);
  const wrong = lines.findIndex((line, index) => line !== expected?.lines[index]);
  return wrong === -1 ? undefined : `line ${wrong} is ${JSON.stringify(lines[wrong])}`;
};

/** What a mirror is given that goes on behind a daemon's death. */
const replay = (mirror: Mirror, ring: string): void => {
  for (const frame of readJournalTail(ring, mirror.offset)) {
    if (frame.kind === 'output') {
      assert.equal(mirror.output(frame.offset, frame.data), undefined, 'nothing is missing in the journal');
    } else if (frame.kind === 'resized') {
      mirror.resize(frame);
    }
  }
};

const writeJournal = (path: string, tail: readonly JournalStep[], from: Shown | undefined): void => {
  assert.ok(from !== undefined);
  const journal = new Journal({ path, base: from.offset, size: from.size, now: 0 });
  for (const step of tail) {
    if ('size' in step) {
      journal.appendResize(step.size, 1);
    } else {
      for (let at = 0; at < step.data.length; at += journal.maxOutput) {
        journal.appendOutput(step.data.subarray(at, at + journal.maxOutput), 1);
      }
    }
  }
  journal.dispose();
};

const apply = (mirror: Mirror, step: JournalStep): void => {
  if ('size' in step) {
    mirror.resize(step.size);
  } else {
    mirror.output(step.at, step.data);
  }
};

/** As whoever attaches sees it, as whole lines. */
const shownBy = (mirror: Mirror): Shown => {
  const { snapshot, size, offset: at } = mirror.snapshot(ENOUGH);
  const terminal = plainTerminal(size, ENOUGH);
  feed(terminal, Buffer.from(snapshot));
  const { normal } = terminal.buffer;
  const lines: string[] = [];
  let above = 0;
  for (let row = 0; row <= normal.baseY + normal.cursorY; row++) {
    const line = normal.getLine(row);
    const text = line?.translateToString(true) ?? '';
    const goesOn = line?.isWrapped === true && lines.length > 0;
    above = row === normal.baseY ? lines.length - (goesOn ? 1 : 0) : above;
    lines.push(goesOn ? `${lines.pop() ?? ''}${text}` : text);
  }
  terminal.dispose();
  return { offset: at, size, lines, above };
};

const lineAt = (line: number): string =>
  `${line}:\x1b[3${line % 8}m${'word '.repeat(line % 23)}\x1b[m${line % 5 === 0 ? '漢字' : ''}.\r\n`;

/** An application program command, which nothing is shown of. */
const FLOOD = Buffer.concat([Buffer.from('\x1b_'), Buffer.alloc(KEYFRAME_BYTES, 'x'), Buffer.from('\x1b\\')]);

const settingsIn = (folder: string): WorkerSettings => {
  const settings = {
    historiesFolder: join(folder, 'histories'),
    keyframesFolder: join(folder, 'keyframes'),
    historySegmentBytes: SEGMENT_BYTES,
    scrollbackLimit: ENOUGH,
    client: { kind: 'test', version: '0', pid: process.pid },
  } as const;
  mkdirSync(settings.historiesFolder, { recursive: true });
  mkdirSync(settings.keyframesFolder, { recursive: true });
  return settings;
};

const keyOf = ({ remains, covered, flushed, made, saved }: Cut): string => {
  const hash = createHash('sha256').update(JSON.stringify([covered, flushed, made, saved]));
  for (const [path, bytes] of [...remains].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`\0${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
};

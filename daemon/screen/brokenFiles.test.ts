import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { MAX_SET_ASIDE } from '../platform/brokenFile';
import { removeUnfinished } from '../platform/privateFile';
import { newId } from '../platform/secrets';
import { offset, type TerminalId } from '../protocol/ids';
import { Followed } from './followed';
import { forgetHistory } from './historySegments';
import { forgetKeyframe } from './keyframe';
import { Mirror } from './mirror';
import { Openings } from './openings';
import { writeRevision } from './revision';
import type { FromWorker, WorkerSettings } from './workerMessages';

const SIZE = { cols: 40, rows: 6 };
const ENOUGH = 20_000;
const LINES = 3000;

let folder: string;
let settings: WorkerSettings;
const mirrors: Mirror[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-broken-'));
  settings = {
    historiesFolder: join(folder, 'histories'),
    keyframesFolder: join(folder, 'keyframes'),
    historySegmentBytes: 32 * 1024,
    scrollbackLimit: ENOUGH,
    client: { kind: 'test', version: '0', pid: process.pid },
  };
  mkdirSync(settings.historiesFolder);
  mkdirSync(settings.keyframesFolder);
});

afterEach(() => {
  for (const mirror of mirrors.splice(0)) {
    mirror.dispose();
  }
  rmSync(folder, { recursive: true });
});

const open = (terminal: TerminalId): Mirror => {
  const mirror = new Mirror(terminal, SIZE, settings);
  mirrors.push(mirror);
  return mirror;
};

/** A terminal whose screen is on disk, with everything above it. */
const written = (): TerminalId => {
  const terminal = newId() as TerminalId;
  const mirror = open(terminal);
  // In pieces, so that the history is handed over, and has several files.
  for (let line = 0; line < LINES; line += 500) {
    const text = Array.from({ length: 500 }, (_, index) => `line ${line + index}.${'x'.repeat(20)}\r\n`);
    mirror.output(mirror.offset, Buffer.from(text.join('')));
    mirror.writeKeyframe();
  }
  mirror.dispose();
  return terminal;
};

const linesOf = (mirror: Mirror): readonly string[] => mirror.screen(ENOUGH).lines;

/** Every line is whole, and stands behind the one before it, but for gaps. */
const assertWhole = (lines: readonly string[]): void => {
  const numbers = lines
    .filter((line) => line !== '')
    .map((line) => Number(/^line (\d+)\.x{20}$/.exec(line)?.[1]));
  assert.ok(
    numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? -1)),
    `lines are torn or doubled: ${lines.find((line) => line !== '' && !/^line \d+\.x{20}$/.test(line))}`,
  );
};

const setAsideIn = (place: string): readonly string[] =>
  readdirSync(place).filter((name) => name.includes('.broken-'));

const segmentsIn = (): readonly string[] =>
  readdirSync(settings.historiesFolder)
    .filter((name) => name.endsWith('.txt'))
    .sort((a, b) => Number(a.split('.')[1]) - Number(b.split('.')[1]))
    .map((name) => join(settings.historiesFolder, name));

const flip = (path: string, at: number): void => {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
};

test('a screen that is drawn again, its keyframe gone, leaves the history alone when it is resized', () => {
  const terminal = newId() as TerminalId;
  const first = open(terminal);
  const text = Array.from({ length: LINES }, (_, index) => `line ${index}.${'x'.repeat(20)}\r\n`).join('');
  first.output(first.offset, Buffer.from(text));
  first.writeKeyframe();
  const { asleep } = first;
  first.dispose();
  forgetKeyframe(settings.keyframesFolder, terminal);
  const again = new Mirror(terminal, SIZE, settings, asleep);
  mirrors.push(again);
  again.output(offset(0), Buffer.from(text.slice(0, text.length / 2)));
  again.resize({ cols: 30, rows: 12 });
  again.resize(SIZE);
  assert.equal(again.covered, undefined, 'no keyframe is written of what is older than the history');
  // Whoever draws it next finds all of it.
  again.dispose();
  const next = new Mirror(terminal, SIZE, settings, asleep);
  mirrors.push(next);
  next.output(offset(0), Buffer.from(text));
  const lines = linesOf(next);
  assertWhole(lines);
  assert.equal(lines.filter((line) => line.startsWith('line ')).length, LINES);
});

const KEYFRAME_DAMAGE: Readonly<Record<string, (path: string) => void>> = {
  'with a flipped bit': (path) => flip(path, statSync(path).size - 20),
  'cut in half': (path) => truncateSync(path, Math.floor(statSync(path).size / 2)),
  empty: (path) => truncateSync(path),
};

for (const [damage, apply] of Object.entries(KEYFRAME_DAMAGE)) {
  test(`a keyframe that is ${damage} is set aside and named, and the history is kept`, () => {
    const terminal = written();
    apply(join(settings.keyframesFolder, `${terminal}.keyframe`));
    const mirror = open(terminal);
    assert.equal(mirror.offset, 0);
    assert.deepEqual(
      mirror.setAside.map((path) => basename(path)),
      setAsideIn(settings.keyframesFolder),
    );
    assert.match(
      setAsideIn(settings.keyframesFolder).join(),
      new RegExp(`^${terminal}\\.keyframe\\.broken-`),
    );
    const lines = linesOf(mirror);
    assertWhole(lines);
    assert.ok(lines.some((line) => line.startsWith('line 2900.')));
    mirror.writeKeyframe();
    assert.deepEqual(open(terminal).setAside, [], 'it is named once');
  });
}

/** What is lost at most: lines that are looked at again, and one file more. */
const HISTORY_DAMAGE: Readonly<Record<string, (newest: string, older: string) => void>> = {
  'has a flipped bit near its end': (newest) => flip(newest, statSync(newest).size - 100),
  'is cut in half': (newest) => truncateSync(newest, Math.floor(statSync(newest).size / 2) + 3),
  'is empty': (newest) => truncateSync(newest),
  'lacks the end of an older file': (_, older) => truncateSync(older, statSync(older).size - 10),
};

for (const [damage, apply] of Object.entries(HISTORY_DAMAGE)) {
  test(`a history that ${damage} is set aside and named, and loses no line that is good beyond`, () => {
    const terminal = written();
    const expected = linesOf(open(terminal));
    assert.equal(expected.length, LINES + 1);
    const segments = segmentsIn();
    const [newest = '', older = ''] = [segments.at(-1), segments.at(-2)];
    const isOlder = damage.includes('older');
    apply(newest, older);
    const damaged = isOlder ? older : newest;
    const mirror = open(terminal);
    assert.ok(
      mirror.setAside.some((path) => basename(path).startsWith(`${basename(damaged)}.broken-`)),
      `${mirror.setAside}`,
    );
    assert.deepEqual(
      mirror.setAside.map((path) => basename(path)).sort(),
      [...setAsideIn(settings.historiesFolder)].sort(),
    );
    const lines = linesOf(mirror);
    assertWhole(lines);
    assert.deepEqual(lines.slice(-SIZE.rows), expected.slice(-SIZE.rows), 'the screen is in the keyframe');
    assert.equal(lines.includes(expected[0] ?? ''), !isOlder);
    mirror.output(mirror.offset, Buffer.from(`line 9999.${'x'.repeat(20)}\r\n`));
    mirror.writeKeyframe();
    const again = open(terminal);
    assert.deepEqual(again.setAside, [], 'it is named once');
    assertWhole(linesOf(again));
  });
}

test('what was not flushed is no damage: it is left out, and nothing is set aside', () => {
  const terminal = written();
  const [path = ''] = readdirSync(settings.keyframesFolder);
  const keyframe = readFileSync(join(settings.keyframesFolder, path));
  const first = open(terminal);
  first.output(first.offset, Buffer.from(`line ${LINES}.${'x'.repeat(20)}\r\n`.repeat(400)));
  first.dispose();
  writeFileSync(join(settings.keyframesFolder, path), keyframe);
  const newest = segmentsIn().at(-1) ?? '';
  writeFileSync(newest, Buffer.concat([readFileSync(newest), Buffer.alloc(512)]));
  const mirror = open(terminal);
  assert.deepEqual(mirror.setAside, []);
  assert.equal(linesOf(mirror).length, LINES + 1);
});

test('a folder in the place of a keyframe is set aside, and another keyframe is written', () => {
  const terminal = written();
  const path = join(settings.keyframesFolder, `${terminal}.keyframe`);
  rmSync(path);
  mkdirSync(path);
  const mirror = open(terminal);
  assert.equal(mirror.setAside.length, 1);
  assert.ok(statSync(mirror.setAside[0] ?? '').isDirectory());
  mirror.writeKeyframe();
  assert.ok(statSync(path).isFile());
});

for (const [what, place, ending] of [
  ['keyframe', 'keyframesFolder', '.keyframe'],
  ['history', 'historiesFolder', '.0.txt'],
  ['revision', 'keyframesFolder', '.revision'],
] as const) {
  test(`a pipe in the place of a ${what} keeps nobody waiting, and is set aside`, {
    skip: process.platform === 'win32',
  }, () => {
    const terminal = written();
    const path = join(settings[place], `${terminal}${ending}`);
    rmSync(path, { force: true });
    execFileSync('mkfifo', ['-m', '600', path]);
    const mirror = open(terminal);
    assert.ok(linesOf(mirror).length > 0);
    writeRevision(settings.keyframesFolder, terminal, { offset: mirror.offset, hash: 'hash' }, []);
    mirror.writeKeyframe();
    assert.notEqual(lstatSync(path, { throwIfNoEntry: false })?.isFIFO(), true);
    const [aside = ''] = setAsideIn(settings[place]).filter((name) =>
      name.startsWith(`${terminal}${ending}`),
    );
    assert.ok(lstatSync(join(settings[place], aside)).isFIFO());
  });
}

test('whoever follows a terminal is told where its broken keyframe is', () => {
  const terminal = written();
  truncateSync(join(settings.keyframesFolder, `${terminal}.keyframe`), 10);
  const told: FromWorker[] = [];
  const followed = new Followed({
    terminal,
    size: SIZE,
    settings: () => settings,
    tell: (message) => told.push(message),
    connect: () => Promise.reject(new Error('there is no stream here')),
    openings: new Openings(),
    onUsed: () => undefined,
  });
  followed.dispose();
  const [name = ''] = setAsideIn(settings.keyframesFolder);
  assert.deepEqual(told, [{ kind: 'setAside', terminal, path: join(settings.keyframesFolder, name) }]);
});

test('what was set aside is forgotten with its terminal, and of others the newest are kept', () => {
  const [terminal, other] = [written(), written()];
  for (let time = 0; time < MAX_SET_ASIDE + 5; time++) {
    const mirror = open(other);
    mirror.writeKeyframe();
    truncateSync(join(settings.keyframesFolder, `${other}.keyframe`), time);
    mirror.dispose();
  }
  assert.equal(setAsideIn(settings.keyframesFolder).length, MAX_SET_ASIDE);
  truncateSync(join(settings.keyframesFolder, `${terminal}.keyframe`));
  truncateSync(segmentsIn().find((path) => path.includes(terminal)) ?? '');
  open(terminal).dispose();
  forgetKeyframe(settings.keyframesFolder, terminal);
  forgetHistory(settings.historiesFolder, terminal);
  const left = [...readdirSync(settings.keyframesFolder), ...readdirSync(settings.historiesFolder)];
  assert.ok(left.length > 0);
  assert.deepEqual(
    left.filter((name) => name.includes(terminal)),
    [],
  );
});

test('what a power cut left of a keyframe that was being written is removed, and nothing else', () => {
  const terminal = written();
  const kept = readdirSync(settings.keyframesFolder);
  writeFileSync(join(settings.keyframesFolder, `.${terminal}.keyframe.abc.tmp`), 'half');
  removeUnfinished(settings.keyframesFolder);
  assert.deepEqual(readdirSync(settings.keyframesFolder), kept);
  assert.equal(open(terminal).offset > offset(0), true);
});

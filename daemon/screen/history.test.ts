import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import fc from 'fast-check';
import { newId } from '../platform/secrets';
import { type Offset, offset, type TerminalId } from '../protocol/ids';
import type { Size } from '../protocol/model';
import { describeTerminal } from './describeTerminal';
import { History } from './history';
import { drawLines } from './historyDrawing';
import { HistoryFile } from './historyFile';
import { Mirror } from './mirror';
import { outputStream } from './testing/generatedStreams';
import { difference, feed, plainTerminal } from './testing/transparency';
import type { WorkerSettings } from './workerMessages';

const SIZE: Size = { cols: 20, rows: 6 };
const ENOUGH = 20_000;
const SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 20_251_121);

let folder: string;
let settings: WorkerSettings;
const mirrors: Mirror[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-history-'));
  settings = {
    historiesFolder: folder,
    keyframesFolder: folder,
    scrollbackLimit: ENOUGH,
    client: { kind: 'test', version: '0', pid: process.pid },
  };
});

afterEach(() => {
  for (const mirror of mirrors.splice(0)) {
    mirror.dispose();
  }
  rmSync(folder, { recursive: true, force: true });
});

const open = (terminal = newId() as TerminalId): Mirror => {
  const mirror = new Mirror(terminal, SIZE, settings);
  mirrors.push(mirror);
  return mirror;
};
const write = (mirror: Mirror, text: string): void => {
  mirror.output(mirror.offset, Buffer.from(text));
};

/** The snapshot must make a terminal like one that got everything and never lost a row. */
const assertLike = (mirror: Mirror, expected: ReturnType<typeof plainTerminal>, context = ''): void => {
  const { snapshot, continuation, size } = mirror.snapshot(ENOUGH);
  const actual = plainTerminal(size, ENOUGH);
  feed(actual, Buffer.concat([Buffer.from(snapshot), continuation]));
  const found = difference(describeTerminal(actual), describeTerminal(expected), context);
  actual.dispose();
  assert.equal(found, undefined, found);
};

const numbered = (count: number): string =>
  Array.from(
    { length: count },
    (_, index) =>
      `${index}\tx\x1b[4${index % 8}m${index % 5 === 0 ? '漢字w'.repeat(index % 17) : 'y'}\x1b[m${'z'.repeat(index % 45)}\r\n`,
  ).join('');

test('rows beyond the reflow zone come back from the history', () => {
  const mirror = open();
  const expected = plainTerminal(SIZE, ENOUGH);
  write(mirror, numbered(2000));
  feed(expected, Buffer.from(numbered(2000)));
  assertLike(mirror, expected);
  assert.deepEqual(mirror.screen(ENOUGH).lines.length, expected.buffer.normal.length);
});

test('a saved cursor keeps the row that xterm.js counts from the top of the scrollback when that is cleared', () => {
  const expected = plainTerminal(SIZE, ENOUGH);
  const mirror = open();
  for (const text of [
    'l\r\n'.repeat(8),
    '\x1b[4H\x1b7\x1b[6H',
    '\r\n'.repeat(2),
    '\x1b[H\x1b[2J\x1b[3J\x1b8here',
  ]) {
    write(mirror, text);
    feed(expected, Buffer.from(text));
  }
  assertLike(mirror, expected);
  assert.equal(mirror.screen(0).lines[5], 'here');
});

test('a resize reflows the history too, narrower and wider', () => {
  const mirror = open();
  const expected = plainTerminal(SIZE, ENOUGH);
  for (const cols of [13, 31, 7, 20]) {
    write(mirror, numbered(500));
    feed(expected, Buffer.from(numbered(500)));
    mirror.resize({ cols, rows: 6 });
    expected.resize(cols, 6);
    assert.equal(mirror.emulator.terminal.cols, cols);
  }
  write(mirror, 'end');
  feed(expected, Buffer.from('end'));
  const rowsOf = (terminal: typeof expected): string[] => {
    const rows: string[] = [];
    for (let row = 0; row < terminal.buffer.normal.length; row++) {
      rows.push(terminal.buffer.normal.getLine(row)?.translateToString(true) ?? '');
    }
    return rows;
  };
  const { snapshot } = mirror.snapshot(ENOUGH);
  const actual = plainTerminal(SIZE, ENOUGH);
  feed(actual, Buffer.from(snapshot));
  assert.deepEqual(rowsOf(actual), rowsOf(expected));
});

test('what is drawn in one pass is what its lines draw one by one', () => {
  const mirror = open();
  write(
    mirror,
    `${numbered(300)}${'endless '.repeat(6000)}\r\n\x1b[42m${'g\ta'.repeat(9000)}\x1b[m\r\n${numbered(50)}`,
  );
  mirror.gap(offset(mirror.offset + 5));
  write(mirror, numbered(100));
  mirror.writeKeyframe();
  const file = new HistoryFile(folder, mirror.terminal);
  const history = new History(file, () => undefined);
  for (const rows of [1, 2, 40, 150, 500, 2000, ENOUGH]) {
    for (const cols of [7, 20, 33]) {
      const expected = drawLines(history.newest(rows, cols), cols).toString();
      assert.equal(history.newestDrawn(rows, cols).toString(), expected);
    }
  }
  file.close();
});

test('a daemon that dies right after a resize finds every row once', () => {
  const terminal = newId() as TerminalId;
  const expected = plainTerminal(SIZE, ENOUGH);
  const first = open(terminal);
  write(first, numbered(400));
  feed(expected, Buffer.from(numbered(400)));
  first.writeKeyframe();
  const bytes = Buffer.from(numbered(100));
  first.output(first.offset, bytes);
  feed(expected, bytes);
  for (const cols of [31, 12]) {
    first.resize({ cols, rows: 9 });
    expected.resize(cols, 9);
  }
  // Nothing was written since but what the resize itself needed.
  first.dispose();
  const second = open(terminal);
  const at = Number(second.offset);
  const all = Buffer.from(numbered(400) + numbered(100));
  second.output(offset(at), all.subarray(at));
  for (const cols of [31, 12]) {
    second.resize({ cols, rows: 9 });
  }
  const text = (mirror: Mirror): string[] => {
    const { snapshot, size } = mirror.snapshot(ENOUGH);
    const actual = plainTerminal(size, ENOUGH);
    feed(actual, Buffer.from(snapshot));
    const rows = Array.from(
      { length: actual.buffer.normal.length },
      (_, row) => actual.buffer.normal.getLine(row)?.translateToString(true) ?? '',
    );
    actual.dispose();
    return rows;
  };
  const want = Array.from(
    { length: expected.buffer.normal.length },
    (_, row) => expected.buffer.normal.getLine(row)?.translateToString(true) ?? '',
  );
  expected.dispose();
  assert.deepEqual(text(second), want);
});

test('a mirror that is rebuilt has the saved cursor where it was, also far above the screen', () => {
  const terminal = newId() as TerminalId;
  const expected = plainTerminal(SIZE, ENOUGH);
  const first = open(terminal);
  for (const text of ['l\r\n'.repeat(3), '\x1b7', 'l\r\n'.repeat(9)]) {
    write(first, text);
    feed(expected, Buffer.from(text));
  }
  first.writeKeyframe();
  first.dispose();
  const second = open(terminal);
  write(second, '\x1b8here');
  feed(expected, Buffer.from('\x1b8here'));
  assertLike(second, expected);
});

test('a cleared scrollback stays cleared, and is still in the file', () => {
  const mirror = open();
  const expected = plainTerminal(SIZE, ENOUGH);
  const output = `${numbered(1500)}\x1b[H\x1b[2J\x1b[3J${numbered(20)}`;
  write(mirror, output);
  feed(expected, Buffer.from(output));
  assertLike(mirror, expected);
  mirror.writeKeyframe();
  const file = readdirSync(folder).find((name) => name.endsWith('.txt')) ?? '';
  assert.match(readFileSync(join(folder, file), 'utf8'), /^.*1234\b/m);
  assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600);
});

test('a mirror rebuilt from a keyframe in the middle doubles and misses nothing', () => {
  const terminal = newId() as TerminalId;
  const output = Buffer.from(`${'long'.repeat(8000)}${numbered(3000)}`);
  const expected = plainTerminal(SIZE, ENOUGH);
  feed(expected, output);
  const half = Math.floor(output.length / 2);
  const first = open(terminal);
  first.output(offset(0), output.subarray(0, half));
  first.writeKeyframe();
  // Written to the history, but not covered by a keyframe when the daemon dies.
  first.output(offset(half), output.subarray(half));
  first.dispose();
  const second = open(terminal);
  assert.equal(second.offset, half);
  second.output(offset(half - 100), output.subarray(half - 100));
  assertLike(second, expected);
});

test('a line too long to be kept whole keeps its wraps, also in a mirror that is rebuilt', () => {
  for (const piece of ['0123456789', '\x1b[41m0123\x1b[m456789', '漢0漢']) {
    const terminal = newId() as TerminalId;
    const expected = plainTerminal(SIZE, ENOUGH);
    const first = open(terminal);
    write(first, piece.repeat(5005));
    first.writeKeyframe();
    feed(expected, Buffer.from(piece.repeat(5005)));
    assertLike(first, expected);
    first.dispose();
    const second = open(terminal);
    write(second, `${piece.repeat(2000)}\r\nend`);
    feed(expected, Buffer.from(`${piece.repeat(2000)}\r\nend`));
    assertLike(second, expected);
    expected.dispose();
  }
});

test('a damaged keyframe is not used', () => {
  const terminal = newId() as TerminalId;
  const first = open(terminal);
  write(first, numbered(50));
  first.writeKeyframe();
  first.dispose();
  const path = join(folder, `${terminal}.keyframe`);
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const second = open(terminal);
  assert.equal(second.offset, 0);
  assert.match(second.screen(ENOUGH).lines.join('\n'), /^44\b/m);
});

test('without a keyframe the history is read again from the beginning, or kept where the journal has lost that', () => {
  for (const lost of [0, 500]) {
    const terminal = newId() as TerminalId;
    const output = Buffer.from(numbered(100));
    const first = open(terminal);
    first.output(offset(0), output);
    first.writeKeyframe();
    first.dispose();
    rmSync(join(folder, `${terminal}.keyframe`));
    const second = open(terminal);
    if (lost > 0) {
      second.gap(offset(lost));
    }
    second.resize(SIZE);
    second.output(offset(lost), output.subarray(lost));
    const firsts = second.screen(ENOUGH).lines.filter((line) => /^0 +x/.test(line));
    assert.equal(firsts.length, 1);
    const later = second.screen(ENOUGH).lines.filter((line) => /^90 +x/.test(line));
    assert.equal(later.length, lost === 0 ? 1 : 2);
  }
});

test('output that is missing is told, and breaks an open sequence off', () => {
  const mirror = open();
  write(mirror, 'a\x1b[31');
  const gap = mirror.output(offset(100) as Offset, Buffer.from('mb'));
  assert.deepEqual(gap, { from: 5, to: 100 });
  assert.equal(mirror.screen(0).lines[0], 'amb');
});

test('a revision changes exactly when something visible has', () => {
  const mirror = open();
  write(mirror, 'text');
  const { revision, textHash } = mirror.screen(0);
  write(mirror, '\x1b]0;title\x07\x1b[31m\x1b[m');
  assert.equal(mirror.screen(0).revision, revision);
  write(mirror, '\x1b[1;1H\x1b[31mtext');
  const colored = mirror.screen(0);
  assert.equal(colored.textHash, textHash);
  assert.ok(colored.revision > revision);
  write(mirror, '\x1b[?1000h');
  assert.ok(mirror.screen(0).revision > colored.revision);
});

test('a program that starts again finds a clean terminal under the old screen', () => {
  const mirror = open();
  write(
    mirror,
    'shell\r\n\x1b[?1049h\x1b[2J\x1b[Hvim\r\n\x1b[7mstatus\x1b[m\x1b[2;4r\x1b[?1000h\x1b[?2004h\x1b[?25l\x1b[>1u\x1b[31m\x1b(0',
  );
  mirror.restartUnder(offset(500), '--- again ---');
  write(mirror, 'q');
  const { lines, modes, buffer, cursor } = mirror.screen(0);
  assert.deepEqual(lines, ['shell', 'vim', 'status', '--- again ---', 'q', '']);
  assert.equal(buffer, 'normal');
  assert.equal(cursor.visible, true);
  assert.deepEqual(
    [modes.mouseTracking, modes.bracketedPaste, modes.kittyKeyboard, modes.wraparound],
    ['none', false, 0, true],
  );
  assert.equal(mirror.offset, 501);
});

test(`keyframes of generated output go on as if nothing had happened (seed ${SEED})`, () => {
  fc.assert(
    fc.property(outputStream(30), fc.nat(), (stream, cutAt) => {
      const terminal = newId() as TerminalId;
      const bytes = Buffer.from(`${numbered(20)}${stream}`);
      const cut = cutAt % (bytes.length + 1);
      const expected = plainTerminal(SIZE, ENOUGH);
      feed(expected, bytes);
      const first = new Mirror(terminal, SIZE, settings);
      first.output(offset(0), bytes.subarray(0, cut));
      first.writeKeyframe();
      first.dispose();
      const second = new Mirror(terminal, SIZE, settings);
      second.output(offset(cut), bytes.subarray(cut));
      try {
        assertLike(second, expected, `cut ${cut} of ${JSON.stringify(bytes.toString())}`);
      } finally {
        second.dispose();
        expected.dispose();
      }
    }),
    { seed: SEED, numRuns: 60 },
  );
});

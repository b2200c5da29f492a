import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { newId } from '../platform/secrets';
import { offset, type TerminalId } from '../protocol/ids';
import type { Size } from '../protocol/model';
import { CommandMarks } from './commandMarks';
import { Mirror } from './mirror';
import { simplePiece } from './testing/generatedLines';
import { feed, plainTerminal } from './testing/transparency';
import { coreOf } from './xtermInternals';

const SIZE: Size = { cols: 30, rows: 8 };
const ENOUGH = 5000;
const SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 20_251_121);
const RUNS = Number(process.env['HOLDFAST_TEST_RUNS'] ?? 60);

let folder: string;
const opened: { dispose(): void }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-marks-'));
});

afterEach(() => {
  for (const one of opened.splice(0)) {
    one.dispose();
  }
  rmSync(folder, { recursive: true });
});

const open = (terminal = newId() as TerminalId): Mirror => {
  const mirror = new Mirror(terminal, SIZE, {
    historiesFolder: folder,
    keyframesFolder: folder,
    scrollbackLimit: ENOUGH,
    client: { kind: 'test', version: '0', pid: process.pid },
  });
  opened.push(mirror);
  return mirror;
};
const write = (mirror: Mirror, text: string): void => {
  mirror.output(mirror.offset, Buffer.from(text));
};

/** A terminal whose marks are followed as VS Code follows them: from the output alone. */
const viewer = (size = SIZE): { terminal: Terminal; marks: CommandMarks } => {
  const terminal = plainTerminal(size, ENOUGH);
  const marks = new CommandMarks(terminal);
  opened.push(marks, terminal);
  return { terminal, marks };
};

/** Each mark with the text of its row: `payload @ column of text`. */
const described = ({ terminal, marks }: ReturnType<typeof viewer>): string[] => {
  const { lines } = coreOf(terminal)._bufferService.buffers.normal;
  const found: string[] = [];
  for (let row = 0; row < lines.length; row++) {
    for (const { column, payload } of marks.at(row)) {
      found.push(`${row}: ${payload} @ ${column} of ${lines.get(row)?.translateToString(true)}`);
    }
  }
  return found;
};

const reattached = (mirror: Mirror, rest = ''): string[] => {
  const view = viewer(mirror.emulator.size);
  const { snapshot, continuation } = mirror.snapshot(ENOUGH);
  feed(view.terminal, Buffer.concat([Buffer.from(snapshot), continuation, Buffer.from(rest)]));
  return described(view);
};

const neverDetached = (text: string): string[] => {
  const view = viewer();
  feed(view.terminal, Buffer.from(text));
  return described(view);
};

/** One prompt with its command and output, as VS Code's scripts for bash and zsh mark them. */
const command = (line: string, output: string, exitCode = 0): string =>
  `\x1b]633;P;Cwd=/work\x07\x1b]633;A\x07\x1b[32muser\x1b[m $ \x1b]633;B\x07${line}\r\n` +
  `\x1b]633;E;${line};nonce\x07\x1b]633;C\x07${output}\x1b]633;D;${exitCode}\x07`;

const commands = (count: number): string =>
  Array.from({ length: count }, (_, index) =>
    command(
      `make ${index}`,
      `${`result ${index} `.repeat((index * 7) % 60)}\r\n${'line\r\n'.repeat(index % 4)}`,
      index % 3,
    ),
  ).join('');

const OPEN_PROMPT = '\x1b]633;P;Cwd=/work\x07\x1b]633;A\x07$ \x1b]633;B\x07half a com';

test('marks of commands come back at their rows and columns, far into the scrollback', () => {
  const mirror = open();
  const text = commands(200) + OPEN_PROMPT;
  write(mirror, text);
  assert.deepEqual(reattached(mirror), neverDetached(text));
});

test('marks come back wherever the output is cut', () => {
  const text = `${command('ls', 'a\tb\r\n漢字\r\n', 0)}${command('x', `${'wrap '.repeat(30)}\r\n`, 127)}${OPEN_PROMPT}`;
  const bytes = Buffer.from(text);
  const expected = neverDetached(text);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const mirror = open();
    mirror.output(offset(0), bytes.subarray(0, cut));
    const view = viewer();
    const { snapshot, continuation } = mirror.snapshot(ENOUGH);
    feed(view.terminal, Buffer.from(snapshot));
    feed(view.terminal, Buffer.concat([continuation, bytes.subarray(cut)]));
    assert.deepEqual(described(view), expected, `cut at ${cut}`);
  }
});

test(`marks between generated lines come back (seed ${SEED})`, () => {
  const mark = fc.constantFrom(
    '\x1b]633;A\x07',
    '\x1b]633;B\x07',
    '\x1b]633;C\x07',
    '\x1b]633;D;1\x07',
    '\x1b]133;A\x1b\\',
    '\x1b]7;file://host/tmp\x07',
    '\r\n',
  );
  const piece = fc.oneof({ weight: 4, arbitrary: simplePiece }, { weight: 1, arbitrary: mark });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 120 }), fc.nat(), (pieces, cutAt) => {
      const cut = cutAt % (pieces.length + 1);
      const mirror = open();
      write(mirror, pieces.slice(0, cut).join(''));
      const payloads = (list: readonly string[]): string[] =>
        list.map((text) => text.replace(/ @ \d+ of /, ' of ')).sort();
      const rest = pieces.slice(cut).join('');
      assert.deepEqual(payloads(reattached(mirror, rest)), payloads(neverDetached(pieces.join(''))));
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

test('marks survive a daemon that dies, and go on in the mirror that takes over', () => {
  const terminal = newId() as TerminalId;
  const first = open(terminal);
  const before = commands(60) + OPEN_PROMPT;
  write(first, before);
  first.writeKeyframe();
  first.dispose();
  const second = open(terminal);
  const after = `mand\r\n\x1b]633;C\x07out\r\n\x1b]633;D;0\x07${commands(5)}`;
  write(second, after);
  assert.deepEqual(reattached(second), neverDetached(before + after));
});

test('marks move with their rows when the terminal is resized, those of the history too', () => {
  const mirror = open();
  const expected = viewer();
  const text = commands(80) + OPEN_PROMPT;
  write(mirror, text);
  feed(expected.terminal, Buffer.from(text));
  for (const cols of [17, 41, 30]) {
    mirror.resize({ cols, rows: 8 });
    expected.terminal.resize(cols, 8);
  }
  const positions = (list: readonly string[]): string[] =>
    list.map((mark) => mark.replace(/ @ \d+ of /, ' of '));
  assert.deepEqual(positions(reattached(mirror)), positions(described(expected)));
});

test('a prompt that is printed again and again has one set of marks', () => {
  const mirror = open();
  write(mirror, command('true', ''));
  for (let index = 0; index < 500; index++) {
    write(mirror, `\r\x1b]633;P;Cwd=/work\x07\x1b]633;A\x07$ \x1b]633;B\x07typing ${index}`);
  }
  assert.deepEqual(
    reattached(mirror).map((mark) => mark.replace(/^\d+: | @.*$/g, '')),
    ['633;P;Cwd=/work', '633;A', '633;B', '633;E;true;nonce', '633;C', '633;D;0'].concat([
      '633;P;Cwd=/work',
      '633;A',
      '633;B',
    ]),
  );
});

test('commands on a screen that was cleared go into the scrollback with their text', () => {
  const mirror = open();
  write(mirror, `${command('one', 'x\r\n')}${command('clear', '\x1b[H\x1b[2J')}`);
  assert.deepEqual(
    reattached(mirror).filter((mark) => mark.includes('one')),
    [
      '0: 633;P;Cwd=/work @ 0 of user $ one',
      '0: 633;A @ 0 of user $ one',
      '0: 633;B @ 7 of user $ one',
      '1: 633;E;one;nonce @ 0 of x',
    ],
  );
});

test('a mark behind a full row does not keep the next row from wrapping', () => {
  const mirror = open();
  write(mirror, 'ZZZZZZ\x1b]7;file:///tmp\x07');
  mirror.resize({ cols: 5, rows: 6 });
  write(mirror, 'a漢');
  assert.deepEqual(mirror.screen(0).lines.slice(0, 2), ['ZZZZa', '漢']);
  const { terminal } = viewer({ cols: 5, rows: 6 });
  feed(terminal, Buffer.from(mirror.snapshot(ENOUGH).snapshot));
  const rows = [0, 1].map((row) => terminal.buffer.active.getLine(row)?.translateToString(true));
  assert.deepEqual(rows, ['ZZZZa', '漢']);
});

test('output that sets marks without end fills no memory', () => {
  const mirror = open();
  write(mirror, '\x1b]633;SetMark\x07'.repeat(5000));
  write(mirror, `\x1b]633;E;${'x'.repeat(100_000)}\x07`);
  const { snapshot } = mirror.snapshot(ENOUGH);
  assert.ok(snapshot.length < 60_000, `${snapshot.length}`);
});

test('marks are no text', () => {
  const mirror = open();
  write(mirror, commands(30) + OPEN_PROMPT);
  const { lines } = mirror.screen(ENOUGH);
  assert.ok(lines.includes('user $ make 7'));
  assert.equal(
    lines.some((line) => line.includes('633')),
    false,
  );
});

test('what the shell said of itself, and a progress bar, come back', () => {
  const mirror = open();
  write(mirror, '\x1b]633;P;HasRichCommandDetection=True\x07\x1b]9;4;1;40\x07\x1b]9;note\x07');
  write(mirror, commands(20));
  const { snapshot } = mirror.snapshot(ENOUGH);
  assert.equal(snapshot.indexOf('\x1b]633;P;HasRichCommandDetection=True\x1b\\'), 0);
  assert.ok(snapshot.includes('\x1b]9;4;1;40\x1b\\'));
  assert.equal(snapshot.includes('note'), false);
  write(mirror, '\x1b]9;4;0\x07');
  assert.equal(mirror.snapshot(ENOUGH).snapshot.includes('\x1b]9;4'), false);
});

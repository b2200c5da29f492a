import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { drawnRows } from './drawnRows';
import { Emulator } from './emulator';
import { lookAt, textAt, widthAt } from './rowWriter';
import { screenRows } from './screenState';
import { sgr } from './sgr';
import { outputStream } from './testing/generatedStreams';
import { feed, plainTerminal } from './testing/transparency';
import { coreOf, type Line } from './xtermInternals';

const SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 20_251_121);
const RUNS = Number(process.env['HOLDFAST_TEST_RUNS'] ?? 150);
const COLS = 20;
const NOBODY = { onTrimmed: () => undefined, onLines: () => undefined, onCleared: () => undefined };
/** SGR, which shows, and nothing else that a terminal would act on. */
const SGR = /\x1b\[[0-9;:]*m/g;

const screenOf = (stream: string): Emulator => {
  const emulator = new Emulator({ cols: COLS, rows: 6 }, NOBODY);
  emulator.feed(Buffer.from(stream));
  return emulator;
};
const drawnOf = (stream: string, cols = COLS): readonly string[] => {
  const emulator = screenOf(stream);
  const drawn = drawnRows(screenRows(emulator), cols);
  emulator.dispose();
  return drawn;
};

test('drawn rows have colours and attributes as SGR, and end with the default pen', () => {
  const [first, second, third] = drawnOf(
    'plain \x1b[1;31mred\x1b[m \x1b[38;5;200mx\x1b[48;2;1;2;3my\x1b[m\r\n\x1b[44m  \x1b[K\x1b[m',
  );
  assert.equal(first, 'plain \x1b[0;1;31mred\x1b[m \x1b[0;38;5;200mx\x1b[0;38;5;200;48;2;1;2;3my\x1b[m');
  assert.equal(second, `\x1b[0;44m${' '.repeat(COLS)}\x1b[m`);
  assert.equal(third, '');
});

test('drawn rows have no link, no title, no protection and no mode of what was written', () => {
  const rows = drawnOf(
    '\x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\\x1b]0;title\x07\x1b[?1000h\x1b[1"qsafe\x1b[0"q',
  );
  assert.equal(rows[0], 'heresafe');
});

test('drawn rows are as wide as asked for, and cut no wide character in two', () => {
  assert.deepEqual(drawnOf('ab漢字cd', 5).slice(0, 1), ['ab漢 ']);
  assert.deepEqual(drawnOf('ab漢字cd', 6).slice(0, 1), ['ab漢字']);
  assert.deepEqual(drawnOf('abcdef', 0).slice(0, 1), ['']);
});

/** What is seen of a row: each cell's text and look, a blank where nothing was printed. */
const seen = (row: Line | undefined): readonly string[] =>
  Array.from({ length: COLS }, (_, column) => {
    if (row === undefined || widthAt(row, column) === 0) {
      return 'half';
    }
    return `${sgr(lookAt(row, column)).replace('\x1b[1"q', '')}${textAt(row, column) || ' '}`;
  });
/** Half of a wide character, and a combining one that joins nothing, can be drawn by no text alone. */
const isWhole = (row: Line): boolean =>
  Array.from({ length: COLS }, (_, column) => column).every(
    (column) => (widthAt(row, column) === 0) === (column > 0 && widthAt(row, column - 1) === 2),
  );

test(`drawn rows of generated output show what it shows, and hold nothing but text and SGR (seed ${SEED})`, () => {
  let compared = 0;
  fc.assert(
    fc.property(outputStream(40), (stream) => {
      const emulator = screenOf(stream);
      const rows = screenRows(emulator);
      for (const [index, drawn] of drawnRows(rows, COLS).entries()) {
        assert.doesNotMatch(drawn.replace(SGR, ''), /\p{Cc}/u);
        const row = rows[index];
        if (row !== undefined && isWhole(row)) {
          const shown = plainTerminal({ cols: COLS, rows: 2 });
          feed(shown, Buffer.from(`\x1b[?7l${drawn}`));
          assert.deepEqual(seen(coreOf(shown)._bufferService.buffers.active.lines.get(0)), seen(row));
          shown.dispose();
          compared++;
        }
      }
      emulator.dispose();
    }),
    { seed: SEED, numRuns: RUNS },
  );
  assert.ok(compared > RUNS);
});

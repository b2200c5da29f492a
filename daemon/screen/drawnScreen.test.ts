import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { newId } from '../platform/secrets';
import { offset, type TerminalId } from '../protocol/ids';
import type { Size } from '../protocol/model';
import type { Style } from '../protocol/styles';
import { styleOf } from './lookStyles';
import { Mirror } from './mirror';
import { lookAt, textAt, widthAt } from './rowWriter';
import { screenRows } from './screenState';
import { scrollbackRows } from './scrollbackRows';
import { textOfAnsi, textOfHtml, textOfSvg } from './testing/drawnText';
import { outputStream } from './testing/generatedStreams';
import { feed, plainTerminal } from './testing/transparency';
import { coreOf, type Line } from './xtermInternals';

const SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 20_251_121);
const RUNS = Number(process.env['HOLDFAST_TEST_RUNS'] ?? 60);
const COLS = 20;
const ALL_ROWS = 5000;

const withMirror = (
  output: string,
  act: (mirror: Mirror) => void,
  size: Size = { cols: COLS, rows: 6 },
): void => {
  const folder = mkdtempSync(join(tmpdir(), 'hf-drawn-'));
  const mirror = new Mirror(newId() as TerminalId, size, {
    historiesFolder: folder,
    keyframesFolder: folder,
    scrollbackLimit: ALL_ROWS,
    client: { kind: 'test', version: '0', pid: process.pid },
  });
  try {
    mirror.output(offset(0), Buffer.from(output));
    act(mirror);
  } finally {
    mirror.dispose();
    rmSync(folder, { recursive: true });
  }
};

const COMBINING = /[\u0301\u0323\u200d]/;

/** Output that also fills the scrollback. */
const longStream = fc
  .tuple(outputStream(40), outputStream(20), fc.integer({ min: 0, max: 12 }))
  .map(([first, second, feeds]) => `${first}${'\r\n'.repeat(feeds)}${second}`);

test(`every format of generated output holds the text of 'lines', scrollback included (seed ${SEED})`, () => {
  let above = 0;
  let plain = 0;
  fc.assert(
    fc.property(longStream, (stream) => {
      withMirror(stream, (mirror) => {
        const ansi = mirror.screen(ALL_ROWS, { format: 'ansi', styles: true });
        const { lines } = ansi;
        above += lines.length - 6;
        // One that joins nothing has a cell of its own on the screen, and none in a history's text.
        if (!COMBINING.test(stream)) {
          assert.deepEqual(mirror.screen(ALL_ROWS).lines, lines);
          plain++;
        }
        assert.deepEqual(textOfAnsi(ansi.rendered ?? ''), lines);
        assert.doesNotMatch((ansi.rendered ?? '').replace(/\x1b\[[0-9;:]*m|\n/g, ''), /\p{Cc}/u);
        assert.deepEqual(textOfHtml(mirror.screen(ALL_ROWS, { format: 'html' }).rendered ?? ''), lines);
        assert.deepEqual(
          textOfSvg(mirror.screen(ALL_ROWS, { format: 'svg' }).rendered ?? '', lines.length),
          lines,
        );
      });
    }),
    { seed: SEED, numRuns: RUNS },
  );
  assert.ok(above > RUNS);
  assert.ok(plain > 0);
});

/** What is seen of a row: each cell's text and look, a blank where nothing was printed. */
const seen = (row: Line | undefined): readonly unknown[] =>
  Array.from({ length: COLS }, (_, column) =>
    row === undefined || widthAt(row, column) === 0
      ? 'half'
      : [textAt(row, column) || ' ', styleOf(lookAt(row, column))],
  );
/** Half of a wide character, and a combining one that joins nothing, can be drawn by no text alone. */
const isWhole = (row: Line): boolean =>
  Array.from({ length: COLS }, (_, column) => column).every(
    (column) => (widthAt(row, column) === 0) === (column > 0 && widthAt(row, column - 1) === 2),
  );

test(`ansi of generated output, written to an empty terminal, gives the same cells and looks (seed ${SEED})`, () => {
  let compared = 0;
  fc.assert(
    fc.property(longStream, (stream) => {
      withMirror(stream, (mirror) => {
        const { rendered = '', lines } = mirror.screen(0, { format: 'ansi' });
        const shown = plainTerminal({ cols: COLS, rows: lines.length + 1 });
        // As a tty passes a file on (ONLCR).
        feed(shown, Buffer.from(rendered.replaceAll('\n', '\r\n')));
        const { lines: cells } = coreOf(shown)._bufferService.buffers.active;
        for (const [index, row] of screenRows(mirror.emulator).entries()) {
          if (isWhole(row)) {
            assert.deepEqual(seen(cells.get(index)), seen(row));
            compared++;
          }
        }
        shown.dispose();
      });
    }),
    { seed: SEED, numRuns: RUNS },
  );
  assert.ok(compared > RUNS);
});

test(`styles of generated output say of every cell how it looks (seed ${SEED})`, () => {
  let styled = 0;
  fc.assert(
    fc.property(longStream, (stream) => {
      withMirror(stream, (mirror) => {
        const { styles, lines } = mirror.screen(ALL_ROWS, { styles: true });
        assert.ok(styles !== undefined);
        const told = new Map<string, Style | undefined>();
        for (const { row, col, length, style } of styles.runs) {
          for (let column = col; column < col + length; column++) {
            assert.ok(!told.has(`${row},${column}`), 'told twice');
            told.set(`${row},${column}`, styles.legend[style]);
          }
        }
        for (const [index, row] of screenRows(mirror.emulator).entries()) {
          for (let column = 0; column < COLS; column++) {
            // The second half of a wide character looks as its first.
            const isHalf = column > 0 && widthAt(row, column - 1) === 2;
            const look = styleOf(lookAt(row, isHalf ? column - 1 : column));
            assert.deepEqual(told.get(`${index},${column}`) ?? {}, look, `row ${index}, column ${column}`);
            styled += Object.keys(look).length;
          }
        }
        assert.ok(styles.runs.every(({ row }) => row >= 6 - lines.length && row < 6));
      });
    }),
    { seed: SEED, numRuns: RUNS },
  );
  assert.ok(styled > RUNS);
});

test('the rows above the screen are drawn from however many pieces of the history', () => {
  const lines = Array.from({ length: 1700 }, (_, index) =>
    index % 3 === 0 ? `\x1b[3${index % 8}m${'漢'.repeat(25)}\x1b[m ${index}` : `line ${index}`,
  );
  withMirror(`${lines.join('\r\n')}\r\n`, (mirror) => {
    for (const rows of [0, 1, 7, 1200, ALL_ROWS]) {
      const plain = mirror.screen(rows).lines;
      assert.deepEqual(mirror.screen(rows, { styles: true }).lines, plain);
    }
    const { styles, lines: shown } = mirror.screen(ALL_ROWS, { styles: true });
    const first = styles?.runs.find(({ row }) => shown[row + shown.length - 6]?.startsWith('漢'));
    assert.equal(first?.col, 0);
  });
});

test('a line that the history keeps in parts is drawn without a break', () => {
  const lines = [
    Buffer.from('one\x05'),
    ...Array.from({ length: 600 }, () => Buffer.from('a\x05')),
    Buffer.from('end'),
  ];
  const rows = [...scrollbackRows({ newest: () => lines, pending: [] }, ALL_ROWS, 700)];
  assert.deepEqual(
    rows.map((row) => row.translateToString(true)),
    [`one${'a'.repeat(600)}end`],
  );
});

test('a row is not torn where a piece of the history ends', () => {
  const lines = Array.from({ length: 1100 }, (_, index) => Buffer.from(`${index}`));
  const rows = [...scrollbackRows({ newest: () => lines, pending: [] }, 1030, COLS)];
  assert.equal(rows.length, 1030);
  assert.equal(rows[0]?.translateToString(true), '70');
  assert.equal(rows.at(-1)?.translateToString(true), '1099');
});

const rendered = (output: string, format: 'html' | 'svg'): string => {
  let document = '';
  withMirror(
    output,
    (mirror) => {
      document = mirror.screen(0, { format }).rendered ?? '';
    },
    { cols: 60, rows: 6 },
  );
  return document;
};

for (const format of ['html', 'svg'] as const) {
  test(`${format} holds nothing of the program's but escaped text`, () => {
    const document = rendered(
      '\x1b]2;</title><script>t</script>\x07<script>x</script>"&\'\r\n\x1b]8;;javascript:x\x1b\\link\x1b]8;;\x1b\\',
      format,
    );
    assert.doesNotMatch(document, /<script|javascript:|href|url\(|@import|<\/title><s/);
    assert.match(document, /&lt;script&gt;x&lt;/);
    assert.match(document, /&quot;&amp;&#39;/);
  });

  test(`${format} has neither what markup may not hold nor what reorders text`, () => {
    const document = rendered('a\uffffb\u202ec\u2066d', format);
    assert.doesNotMatch(document, /[\uffff\u202e\u2066]/);
    assert.match(document.replace(/<[^>]*>/g, ''), /a\s*\ufffd\s*bcd|a\s*\ufffd\s*b\s*c\s*d/);
  });

  test(`${format} has colours of the palette, of 256 and true ones, the program's own and the viewer's`, () => {
    const output =
      '\x1b[31mred\x1b[m \x1b[38;5;200mx\x1b[m \x1b[48;2;1;2;3my\x1b[m \x1b[1;34mbright\x1b[m\x1b]4;2;#abcdef\x07\x1b[32mown\x1b[m';
    assert.match(rendered(output, format), /#cd3131.*#ff00d7.*#3b8eea.*#abcdef/s);
    assert.match(rendered(output, format), /#010203/);
    withMirror(output, (mirror) => {
      mirror.setTheme({ background: '#ffffff', ansi: [null, '#123456'] });
      const document = mirror.screen(0, { format }).rendered ?? '';
      assert.match(document, /#ffffff/);
      assert.match(document, /#123456/);
    });
  });

  test(`${format} draws inverse text in swapped colours, dim text between its own and what it stands on`, () => {
    const document = rendered('\x1b[7minverse\x1b[m \x1b[2mdim\x1b[m', format);
    assert.match(document, /#1e1e1e[^<]*">inverse/);
    assert.match(document, /#757575[^<]*">dim/);
  });

  test(`${format} marks the cursor where it is seen, in its shape`, () => {
    assert.match(rendered('ab', format), /class="cursor"/);
    assert.doesNotMatch(rendered('ab\x1b[?25l', format), /class="cursor"/);
    const shapes = ['\x1b[2 q', '\x1b[4 q', '\x1b[6 q'].map((shape) => rendered(`${shape}ab`, format));
    assert.equal(new Set(shapes).size, 3);
  });
}

test('html draws underlines in their style and colour, and hides what is hidden', () => {
  const document = rendered(
    '\x1b[4:3;58;2;255;0;0mcurly\x1b[m\x1b[4mone\x1b[m\x1b[9;53mtwo\x1b[m\x1b[8mhidden\x1b[m\x1b[1;3mboth\x1b[m',
    'html',
  );
  assert.match(document, /text-decoration:underline wavy #ff0000">curly/);
  assert.match(document, /text-decoration:underline solid #cccccc">one/);
  assert.match(document, /text-decoration:overline line-through">two/);
  assert.match(document, /color:transparent">hidden/);
  assert.match(document, /font-weight:bold;font-style:italic">both/);
});

test('svg gives a wide character the room of two cells, and each text its own', () => {
  const document = rendered('ab漢──c  d', 'svg');
  assert.match(document, /x="0" y="13" textLength="16.8"[^>]*>ab</);
  assert.match(document, /x="16.8" y="13" textLength="16.8"[^>]*>漢</);
  assert.match(document, /x="33.6" y="13" textLength="16.8"[^>]*>──</);
  assert.match(document, /x="75.6" y="13" textLength="8.4"[^>]*>d</);
});

test('styles name colours as the program asked for them, and each look once', () => {
  withMirror(
    '\x1b[31mred\x1b[m plain \x1b[31mred\x1b[m \x1b[4:3;58;5;9;48;2;1;2;3;38;5;17mall\x1b[m',
    (mirror) => {
      assert.deepEqual(mirror.screen(0, { styles: true }).styles, {
        legend: [{ fg: 'red' }, { fg: 17, bg: '#010203', underline: 'curly', underlineColor: 9 }],
        runs: [
          { row: 0, col: 0, length: 3, style: 0 },
          { row: 0, col: 10, length: 3, style: 0 },
          { row: 0, col: 14, length: 3, style: 1 },
        ],
      });
      assert.equal(mirror.screen(0).styles, undefined);
      assert.equal(mirror.screen(0).rendered, undefined);
    },
  );
});

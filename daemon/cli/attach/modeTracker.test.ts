import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { ModeTracker } from './modeTracker';

const ESC = '\x1b';
const CSI = `${ESC}[`;

const resetAfter = (text: string, cut = text.length): string => {
  const tracker = new ModeTracker();
  tracker.push(Buffer.from(text.slice(0, cut)));
  tracker.push(Buffer.from(text.slice(cut)));
  return tracker.reset(80);
};

const UNTOUCHED = `${CSI}0m`;

describe('the modes of a session', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['mouse tracking and its encoding', `${CSI}?1002;1006h`, `${CSI}?1002l${CSI}?1006l`],
    ['bracketed paste', `${CSI}?2004h`, `${CSI}?2004l`],
    ['focus events', `${CSI}?1004h`, `${CSI}?1004l`],
    ['application cursor keys and keypad', `${CSI}?1h${ESC}=`, `${CSI}?1l${ESC}>`],
    ['a hidden cursor', `${CSI}?25l`, `${CSI}?25h`],
    ['no autowrap', `${CSI}?7l`, `${CSI}?7h`],
    ['origin mode', `${CSI}?6h`, `${CSI}?6l`],
    ['insert mode', `${CSI}4h`, `${CSI}4l`],
    ['the cursor style', `${CSI}5 q`, `${CSI}0 q`],
    ['character sets', `${ESC}(0${ESC})A\x0e`, `${ESC}(B${ESC})B\x0f`],
    ['kitty flags, as often as they were pushed', `${CSI}>1u${CSI}>5u`, `${CSI}<2u`],
    ['kitty flags that were set', `${CSI}=5;1u`, `${CSI}=0;1u`],
    ['modifyOtherKeys', `${CSI}>4;2m`, `${CSI}>4m`],
    ['an open hyperlink', `${ESC}]8;id=1;https://example.com${ESC}\\`, `${ESC}]8;;${ESC}\\`],
    [
      'the palette and the cursor colour',
      `${ESC}]4;1;#fff\x07${ESC}]12;red\x07`,
      `${ESC}]104;1${ESC}\\${ESC}]112${ESC}\\`,
    ],
    ['the alternate screen', `${CSI}?1049h`, `${CSI}?1049l`],
    ['kitty flags of the alternate screen on that screen', `${CSI}?1049h${CSI}>1u`, `${CSI}<1u${CSI}?1049l`],
    ['synchronized output', `${CSI}?2026h`, `${CSI}?2026l`],
  ];

  for (const [name, set, undo] of cases) {
    test(`${name} is undone, wherever the output is cut`, () => {
      for (let cut = 0; cut <= set.length; cut++) {
        assert.equal(resetAfter(set, cut), undo + UNTOUCHED, `cut at ${cut}`);
      }
    });
  }

  test('a scroll region and tab stops are undone without moving the cursor', () => {
    assert.equal(resetAfter(`${CSI}5;10r`), `${UNTOUCHED}${ESC}7${CSI}r${ESC}8`);
    assert.match(resetAfter(`${CSI}3g`), /\x1b7\x1b\[3g\x1b\[1G\x1bH\x1b\[9G\x1bH.*\x1b8$/);
    const alternate = resetAfter(`${CSI}?1049h${CSI}5;10r`);
    assert.equal(alternate, `${CSI}r${CSI}?1049l${UNTOUCHED}${ESC}7${CSI}r${ESC}8`);
  });

  test('the alternate screen has been left by any of its modes', () => {
    assert.equal(resetAfter(`${CSI}?47h${CSI}?1049l`), UNTOUCHED);
  });

  test('where the normal screen goes on is known of a snapshot, and of a program that saved the cursor', () => {
    const rowAfter = (output: string): unknown => {
      const tracker = new ModeTracker();
      tracker.push(Buffer.from(output));
      return tracker.rowOnNormalScreen;
    };
    assert.equal(rowAfter(`${CSI}7;1H${CSI}?47h${CSI}H${CSI}3;4Hx`), 7);
    assert.equal(rowAfter(`${CSI}7;1H${CSI}?47h${CSI}=5;1u${CSI}?47l${CSI}?47h${CSI}Hx`), 7);
    assert.equal(rowAfter(`${CSI}7;1H${CSI}5A${CSI}?47h`), 'unknown');
    assert.equal(rowAfter(`${CSI}7;1H${CSI}?1049h`), 'restored');
  });

  test('what the session has undone itself is left alone', () => {
    const pairs = [
      `${CSI}?1049h${CSI}?1h${ESC}=text${CSI}?1l${ESC}>${CSI}?1049l`,
      `${CSI}?25l${CSI}?25h${CSI}?2004h${CSI}?2004l`,
      `${CSI}>1u${CSI}<u${CSI}>4;2m${CSI}>4;0m${CSI}>4;2m${CSI}>4m`,
      `${CSI}2 q${CSI}0 q${CSI}3;4r${CSI}r${ESC}(0${ESC}(B\x0e\x0f`,
      `${ESC}]8;;https://example.com\x07link${ESC}]8;;\x07${ESC}]11;red\x07${ESC}]111\x07`,
    ];
    for (const text of pairs) {
      assert.equal(resetAfter(text), UNTOUCHED, JSON.stringify(text));
    }
  });

  test('a terminal that was reset by the session (RIS) needs nothing', () => {
    assert.equal(resetAfter(`${CSI}?1000h${CSI}?25l${ESC}c`), UNTOUCHED);
  });

  test('titles that wait on the stack come back, the oldest last', () => {
    assert.equal(
      resetAfter(`${CSI}22;0t${CSI}22t${CSI}22;2t${CSI}22;1t${CSI}23;1t`),
      `${CSI}23;2t${CSI}23;0t${CSI}23;0t${UNTOUCHED}`,
    );
    assert.equal(resetAfter(`${CSI}22;0;0t${CSI}23;0;0t${CSI}23t${CSI}18t`), UNTOUCHED);
  });

  test('titles, questions and plain text leave nothing to undo', () => {
    assert.equal(
      resetAfter(`${ESC}]0;title\x07${ESC}]11;?\x07${CSI}6n${CSI}31mred é${CSI}2J${ESC}7${ESC}8`),
      UNTOUCHED,
    );
  });

  test('output cut inside a sequence is ended before anything is undone', () => {
    assert.equal(resetAfter(`${CSI}?25l${ESC}]0;half a title`), `\x18${CSI}?25h${UNTOUCHED}`);
  });

  test('sequences inside a device control string are not modes', () => {
    assert.equal(resetAfter(`${ESC}Ptmux;[?1000h${ESC}\\`), UNTOUCHED);
  });

  test('never resets by RIS, and never erases the scrollback', () => {
    const everything = cases.map(([, set]) => set).join('');
    const undo = resetAfter(everything);
    assert.ok(!undo.includes(`${ESC}c`));
    assert.ok(!undo.includes('[3J'));
  });

  test('is told alike of output that comes at once and byte by byte', () => {
    const piece = fc.oneof(
      fc.constantFrom(...cases.map(([, set]) => set)),
      fc.constantFrom(
        'text',
        '\x0e',
        '\x0f',
        '\x18',
        '漢',
        'x'.repeat(80),
        `${CSI}5:3H`,
        `${CSI};7H`,
        `${CSI}12;3H`,
      ),
      fc
        .tuple(
          fc.stringMatching(/^[?>=]?[0-9;:]{0,6}[ "$]?$/),
          fc.constantFrom(...'@ABCDEFGHJKLMPXdfghlmnqrstu\x07\x1b'),
        )
        .map(([parameters, final]) => `${CSI}${parameters}${final}`),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const bytes = Buffer.from(pieces.join(''));
        const [whole, cut] = [new ModeTracker(), new ModeTracker()];
        whole.push(bytes);
        for (let at = 0; at < bytes.length; at++) {
          cut.push(bytes.subarray(at, at + 1));
        }
        assert.equal(whole.rowOnNormalScreen, cut.rowOnNormalScreen);
        assert.equal(whole.isAlternate, cut.isAlternate);
        assert.equal(whole.reset(80), cut.reset(80));
      }),
      { numRuns: 500 },
    );
  });

  test('a real emulator is in its first state again', async () => {
    const terminal = new Terminal({ cols: 80, rows: 24, allowProposedApi: true });
    const before = JSON.stringify(terminal.modes);
    const set = `${CSI}?1h${CSI}?1003h${CSI}?1006h${CSI}?1004h${CSI}?2004h${ESC}=${CSI}4h${CSI}?6h${CSI}?7l${CSI}?1049h`;
    await new Promise<void>((resolve) => terminal.write(set, resolve));
    assert.notEqual(JSON.stringify(terminal.modes), before);
    await new Promise<void>((resolve) => terminal.write(resetAfter(set), resolve));
    assert.equal(JSON.stringify(terminal.modes), before);
    assert.equal(terminal.buffer.active.type, 'normal');
    terminal.dispose();
  });
});

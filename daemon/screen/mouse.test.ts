import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { HoldfastError } from '../protocol/errors';
import type { MouseModifier } from '../protocol/mouse';
import type { TerminalModes } from '../protocol/terminals';
import { Emulator } from './emulator';
import { encodeMouse, type MouseModes, type PlacedGesture } from './mouse';
import { CELL_PIXELS } from './queryAnswers';
import { modesOf, screenRows } from './screenState';
import { placeOfText } from './textPlace';
import { coreOf } from './xtermInternals';

const SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 20_251_121);
const SIZE = { cols: 300, rows: 260 };
const NOBODY = { onTrimmed: () => undefined, onLines: () => undefined, onCleared: () => undefined };
const SET: Readonly<Record<string, string>> = {
  x10: '\x1b[?9h',
  vt200: '\x1b[?1000h',
  drag: '\x1b[?1002h',
  any: '\x1b[?1003h',
  default: '',
  utf8: '\x1b[?1005h',
  sgr: '\x1b[?1006h',
  urxvt: '\x1b[?1015h',
  'sgr-pixels': '\x1b[?1016h',
};

const codeOf = (act: () => unknown): string => {
  try {
    act();
    return 'none';
  } catch (error) {
    return HoldfastError.from(error).code;
  }
};

/** One event as xterm.js itself is told of it, by VS Code's terminal. */
interface XtermEvent {
  col: number;
  row: number;
  x: number;
  y: number;
  /** 0–2 the buttons, 3 none, 4 the wheel. */
  button: number;
  /** 0 up, 1 down, 2 left, 3 right, 32 move; of a wheel, where to. */
  action: number;
  ctrl: boolean;
  alt: boolean;
  shift: boolean;
}

/** What xterm.js sends for them in these modes; undefined when it refuses one. */
const xtermSends = (modes: MouseModes, events: readonly XtermEvent[]): Buffer | undefined => {
  const terminal = new Terminal({ allowProposedApi: true, ...SIZE });
  const core = coreOf(terminal);
  core._inputHandler.parse(Buffer.from(`${SET[modes.mouseTracking]}${SET[modes.mouseEncoding]}`));
  const sent: Buffer[] = [];
  terminal.onData((text) => sent.push(Buffer.from(text)));
  terminal.onBinary((text) => sent.push(Buffer.from(text, 'latin1')));
  const service = core.coreMouseService as unknown as { triggerMouseEvent(event: XtermEvent): boolean };
  const isSent = events.every((event) => service.triggerMouseEvent({ ...event }));
  terminal.dispose();
  return isSent ? Buffer.concat(sent) : undefined;
};

const BUTTONS = ['left', 'middle', 'right'] as const;
const DIRECTIONS = ['up', 'down', 'left', 'right'] as const;

/** The same gesture as the events that a mouse makes of it. A wheel's directions have their own numbers. */
const eventsOf = (
  gesture: PlacedGesture,
  tracking: TerminalModes['mouseTracking'],
): readonly XtermEvent[] => {
  const held = new Set<MouseModifier>(gesture.modifiers);
  const event = (button: number, action: number, { row, col } = gesture.at): XtermEvent => ({
    col,
    row,
    x: Math.floor((col + 0.5) * CELL_PIXELS.width),
    y: Math.floor((row + 0.5) * CELL_PIXELS.height),
    button,
    action,
    ctrl: held.has('ctrl'),
    alt: held.has('alt'),
    shift: held.has('shift'),
  });
  const button = BUTTONS.indexOf(gesture.button ?? 'left');
  switch (gesture.action) {
    case 'down':
      return [event(button, 1)];
    case 'up':
      return [event(button, 0)];
    case 'move':
      return [event(gesture.button === undefined ? 3 : button, 32)];
    case 'scroll':
      return [event(4, DIRECTIONS.indexOf(gesture.direction ?? 'down'))];
    case 'click':
      return tracking === 'x10' ? [event(button, 1)] : [event(button, 1), event(button, 0)];
    case 'drag': {
      const to = gesture.to ?? gesture.at;
      const moves = Array.from({ length: Math.abs(to.col - gesture.at.col) }, (_, index) =>
        event(button, 32, {
          row: gesture.at.row,
          col: gesture.at.col + Math.sign(to.col - gesture.at.col) * (index + 1),
        }),
      );
      return [event(button, 1), ...(tracking === 'vt200' ? [] : moves), event(button, 0, to)];
    }
  }
};

const gesture: fc.Arbitrary<PlacedGesture> = fc
  .record({
    action: fc.constantFrom('click', 'move', 'down', 'up', 'drag', 'scroll'),
    at: fc.record({ row: fc.nat(SIZE.rows - 1), col: fc.nat(SIZE.cols - 1) }),
    toCol: fc.nat(SIZE.cols - 1),
    button: fc.constantFrom(undefined, ...BUTTONS),
    direction: fc.constantFrom(...DIRECTIONS),
    modifiers: fc.subarray<MouseModifier>(['shift', 'alt', 'ctrl']),
  })
  .map(({ toCol, button, direction, ...rest }) => ({
    ...rest,
    ...(button === undefined ? {} : { button }),
    ...(rest.action === 'scroll' ? { direction } : {}),
    ...(rest.action === 'drag' ? { to: { row: rest.at.row, col: toCol } } : {}),
  }));

for (const mouseTracking of ['x10', 'vt200', 'drag', 'any'] as const) {
  for (const mouseEncoding of ['default', 'sgr', 'sgr-pixels'] as const) {
    test(`the mouse in modes ${mouseTracking} and ${mouseEncoding} is what xterm.js sends, or refused as there (seed ${SEED})`, () => {
      const modes = { mouseTracking, mouseEncoding };
      let sent = 0;
      let refused = 0;
      fc.assert(
        fc.property(gesture, (done) => {
          const expected = xtermSends(modes, eventsOf(done, mouseTracking));
          const isBare = mouseTracking === 'x10' && (done.modifiers ?? []).length > 0;
          const isBeyond =
            mouseEncoding === 'default' && Math.max(done.at.row, done.at.col, done.to?.col ?? 0) > 222;
          if (expected === undefined || isBare || isBeyond) {
            assert.equal(
              codeOf(() => encodeMouse(done, modes, SIZE)),
              'MOUSE_UNSUPPORTED',
            );
            refused++;
          } else {
            assert.deepEqual(encodeMouse(done, modes, SIZE), expected);
            sent++;
          }
        }),
        { seed: SEED, numRuns: 120 },
      );
      assert.ok(sent > 0);
      assert.ok(refused > 0 || (mouseTracking === 'any' && mouseEncoding !== 'default'));
    });
  }
}

const SCREEN = { cols: 2000, rows: 1000 };
const at = { row: 4, col: 9 };
const encoded = (
  mouseTracking: TerminalModes['mouseTracking'],
  mouseEncoding: TerminalModes['mouseEncoding'],
  done: PlacedGesture,
): string => encodeMouse(done, { mouseTracking, mouseEncoding }, SCREEN).toString('latin1');

test('the encodings that xterm.js does not know are those of xterm and urxvt', () => {
  assert.equal(encoded('vt200', 'urxvt', { action: 'click', at }), '\x1b[32;10;5M\x1b[35;10;5M');
  assert.equal(
    encoded('any', 'urxvt', { action: 'scroll', direction: 'up', at, modifiers: ['ctrl'] }),
    '\x1b[112;10;5M',
  );
  assert.equal(
    encoded('vt200', 'urxvt', { action: 'down', at: { row: 999, col: 1999 } }),
    '\x1b[32;2000;1000M',
  );
  assert.equal(encoded('vt200', 'utf8', { action: 'click', at }), '\x1b[M *%\x1b[M#*%');
  const far = encodeMouse(
    { action: 'down', at: { row: 99, col: 1999 } },
    { mouseTracking: 'vt200', mouseEncoding: 'utf8' },
    SCREEN,
  );
  assert.equal(far.toString(), `\x1b[M ${String.fromCodePoint(2032)}${String.fromCodePoint(132)}`);
});

test('a drag goes through every cell on its way, and a double click is two', () => {
  assert.equal(
    encoded('drag', 'sgr', { action: 'drag', at: { row: 0, col: 0 }, to: { row: 1, col: 2 } }),
    '\x1b[<0;1;1M\x1b[<32;2;2M\x1b[<32;3;2M\x1b[<0;3;2m',
  );
  assert.equal(
    encoded('vt200', 'sgr', { action: 'click', at, times: 2, button: 'right' }),
    '\x1b[<2;10;5M\x1b[<2;10;5m'.repeat(2),
  );
});

test('what no program could be told is refused before anything is sent', () => {
  const sgr = (mouseTracking: TerminalModes['mouseTracking']): MouseModes => ({
    mouseTracking,
    mouseEncoding: 'sgr',
  });
  assert.equal(
    codeOf(() => encodeMouse({ action: 'click', at }, sgr('none'), SCREEN)),
    'MOUSE_NOT_ENABLED',
  );
  assert.equal(
    codeOf(() => encodeMouse({ action: 'move', at }, sgr('drag'), SCREEN)),
    'MOUSE_UNSUPPORTED',
  );
  assert.equal(
    codeOf(() => encodeMouse({ action: 'scroll', at }, sgr('x10'), SCREEN)),
    'MOUSE_UNSUPPORTED',
  );
  for (const place of [
    { row: 24, col: 0 },
    { row: 0, col: 80 },
  ]) {
    const size = { cols: 80, rows: 24 };
    assert.equal(
      codeOf(() => encodeMouse({ action: 'click', at: place }, sgr('any'), size)),
      'INVALID_INPUT',
    );
    assert.equal(
      codeOf(() => encodeMouse({ action: 'drag', at, to: place }, sgr('any'), size)),
      'INVALID_INPUT',
    );
  }
});

test('the modes are those that the program has set', () => {
  for (const mouseTracking of ['x10', 'vt200', 'drag', 'any'] as const) {
    for (const mouseEncoding of ['default', 'utf8', 'sgr', 'urxvt', 'sgr-pixels'] as const) {
      const emulator = new Emulator({ cols: 80, rows: 24 }, NOBODY);
      emulator.feed(Buffer.from(`${SET[mouseTracking]}${SET[mouseEncoding]}`));
      const modes = modesOf(emulator);
      emulator.dispose();
      assert.deepEqual([modes.mouseTracking, modes.mouseEncoding], [mouseTracking, mouseEncoding]);
    }
  }
});

test('a text is found where it stands, in the middle of it, and only where it stands once', () => {
  const emulator = new Emulator({ cols: 20, rows: 4 }, NOBODY);
  emulator.feed(Buffer.from('漢字 <  OK  > end\r\nyes no yes\r\n😀 e\u0301t'));
  const rows = screenRows(emulator);
  assert.deepEqual(placeOfText('OK', rows), { row: 0, col: 8 });
  assert.deepEqual(placeOfText('字', rows), { row: 0, col: 2 });
  assert.deepEqual(placeOfText('end', rows), { row: 0, col: 15 });
  assert.deepEqual(placeOfText('no', rows), { row: 1, col: 4 });
  assert.deepEqual(placeOfText('t', rows), { row: 2, col: 4 });
  assert.equal(
    codeOf(() => placeOfText('yes', rows)),
    'AMBIGUOUS_MATCH',
  );
  assert.equal(
    codeOf(() => placeOfText('maybe', rows)),
    'TEXT_NOT_FOUND',
  );
  emulator.dispose();
});

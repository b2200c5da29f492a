import { HoldfastError } from '../protocol/errors';
import type { Size } from '../protocol/model';
import type { MouseAction, MouseGesture, MousePlace, ScrollDirection } from '../protocol/mouse';
import type { TerminalModes } from '../protocol/terminals';
import { CELL_PIXELS } from './queryAnswers';

export type MouseModes = Pick<TerminalModes, 'mouseTracking' | 'mouseEncoding'>;

/** A gesture whose place is known. */
export type PlacedGesture = Omit<MouseGesture, 'text' | 'at'> & { readonly at: MousePlace };

/** Codes of buttons, of what is held with them and of movement (ctlseqs, "Mouse Tracking"). */
const BUTTON = { left: 0, middle: 1, right: 2, none: 3 } as const;
const WHEEL: Readonly<Record<ScrollDirection, number>> = { up: 64, down: 65, left: 66, right: 67 };
const HELD = { shift: 4, alt: 8, ctrl: 16 } as const;
const MOVES = 32;
/** In front of what is sent as a character, so that it is none that controls. */
const OFFSET = 32;
/** The last values that a byte, and a character of two bytes in UTF-8, can stand for. */
const LAST_BYTE = 255;
const LAST_OF_TWO_BYTES = 2047;

/** One report to the program. */
interface Report {
  readonly code: number;
  readonly isRelease: boolean;
  readonly place: MousePlace;
}

/**
 * What a terminal sends when this is done with its mouse.
 * @throws HoldfastError INVALID_INPUT beyond the screen; MOUSE_NOT_ENABLED, MOUSE_UNSUPPORTED where the program can't be told all of it
 */
export const encodeMouse = (gesture: PlacedGesture, modes: MouseModes, size: Size): Buffer => {
  for (const place of gesture.to === undefined ? [gesture.at] : [gesture.at, gesture.to]) {
    requireOnScreen(place, size);
  }
  requireReported(gesture, modes.mouseTracking);
  return Buffer.concat(
    reportsOf(gesture, modes.mouseTracking).map((report) => encode(report, modes.mouseEncoding)),
  );
};

const requireOnScreen = ({ row, col }: MousePlace, { cols, rows }: Size): void => {
  if (row >= rows || col >= cols) {
    throw new HoldfastError(
      'INVALID_INPUT',
      `row ${row}, column ${col} is not on the screen of ${cols}x${rows}`,
      `Give a row from 0 to ${rows - 1} and a column from 0 to ${cols - 1}.`,
      { field: row >= rows ? 'row' : 'col' },
    );
  }
};

/** What each way of tracking tells of: xterm's modes 9, 1000, 1002 and 1003. */
const REPORTED: Readonly<Record<Exclude<TerminalModes['mouseTracking'], 'none'>, readonly MouseAction[]>> = {
  x10: ['click', 'down'],
  vt200: ['click', 'down', 'up', 'drag', 'scroll'],
  drag: ['click', 'down', 'up', 'drag', 'scroll', 'move'],
  any: ['click', 'down', 'up', 'drag', 'scroll', 'move'],
};

const requireReported = (gesture: PlacedGesture, tracking: TerminalModes['mouseTracking']): void => {
  if (tracking === 'none') {
    throw new HoldfastError(
      'MOUSE_NOT_ENABLED',
      'the program has not asked for the mouse',
      "Use its keys: 'holdfast key'. What a program takes stands in 'modes' of 'holdfast snapshot --json'.",
    );
  }
  const { action, button, modifiers = [] } = gesture;
  // Without a button, only the mode 1003 tells of movement.
  const isUntold = action === 'move' && button === undefined && tracking !== 'any';
  if (isUntold || !REPORTED[tracking].includes(action)) {
    throw unsupported(`the program has not asked to be told of '${action}'`);
  }
  if (tracking === 'x10' && modifiers.length > 0) {
    throw unsupported('the program has asked for the mouse without modifier keys');
  }
};

const unsupported = (message: string): HoldfastError =>
  new HoldfastError(
    'MOUSE_UNSUPPORTED',
    message,
    "Use a plain click, or keys: 'holdfast key'. How a program takes the mouse stands in 'modes' of 'holdfast snapshot --json'.",
  );

const reportsOf = (gesture: PlacedGesture, tracking: TerminalModes['mouseTracking']): readonly Report[] => {
  const { action, at, to = at, times = 1, direction = 'down', modifiers = [] } = gesture;
  const held = modifiers.reduce((bits, modifier) => bits | HELD[modifier], 0);
  const button = BUTTON[gesture.button ?? (action === 'move' ? 'none' : 'left')];
  const report = (code: number, place: MousePlace, isRelease = false): Report => ({
    code: code | held,
    isRelease,
    place,
  });
  const down = report(button, at);
  const up = report(button, to, true);
  switch (action) {
    case 'down':
      return [down];
    case 'up':
      return [up];
    case 'move':
      return [report(button | MOVES, at)];
    case 'scroll':
      return Array.from({ length: times }, () => report(WHEEL[direction], at));
    case 'click':
      return Array.from({ length: times }, () => (tracking === 'x10' ? [down] : [down, up])).flat();
    case 'drag': {
      const steps = tracking === 'vt200' ? [] : pathOf(at, to);
      return [down, ...steps.map((place) => report(button | MOVES, place)), up];
    }
  }
};

/** The cells that a straight line goes through, without the first. */
const pathOf = (from: MousePlace, to: MousePlace): readonly MousePlace[] => {
  const count = Math.max(Math.abs(to.row - from.row), Math.abs(to.col - from.col));
  const step = (start: number, end: number, index: number): number =>
    start + Math.round(((end - start) * index) / count);
  return Array.from({ length: count }, (_, index) => ({
    row: step(from.row, to.row, index + 1),
    col: step(from.col, to.col, index + 1),
  }));
};

const encode = ({ code, isRelease, place }: Report, encoding: TerminalModes['mouseEncoding']): Buffer => {
  const x = place.col + 1;
  const y = place.row + 1;
  if (encoding === 'sgr' || encoding === 'sgr-pixels') {
    const [across, down] = encoding === 'sgr' ? [x, y] : pixelsOf(place);
    return Buffer.from(`\x1b[<${code};${across};${down}${isRelease ? 'm' : 'M'}`);
  }
  // Only SGR says which button was released.
  const known = isRelease ? code | BUTTON.none : code;
  if (encoding === 'urxvt') {
    return Buffer.from(`\x1b[${known + OFFSET};${x};${y}M`);
  }
  const values = [known + OFFSET, x + OFFSET, y + OFFSET];
  const isUtf8 = encoding === 'utf8';
  if (values.some((value) => value > (isUtf8 ? LAST_OF_TWO_BYTES : LAST_BYTE))) {
    throw unsupported(
      `row ${place.row}, column ${place.col} is beyond what the program's mouse encoding can say`,
    );
  }
  return Buffer.from(`\x1b[M${String.fromCharCode(...values)}`, isUtf8 ? 'utf8' : 'latin1');
};

/** The middle of a cell, in the pixels that programs are told it has. */
const pixelsOf = ({ row, col }: MousePlace): readonly [number, number] => [
  Math.floor((col + 0.5) * CELL_PIXELS.width),
  Math.floor((row + 0.5) * CELL_PIXELS.height),
];

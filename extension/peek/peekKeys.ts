import type { PeekFrame } from './peekFrame';

/** Of a keyboard, in the forms of either cursor key mode (DECCKM), and of a wheel, which the alternate screen turns into as many arrows. */
const KEY = /\x1b(?:[[O]([ABFH])|\[([56])~)/g;

/** Where a key leads, from the first row that is shown. */
const MOVES: Readonly<Record<string, (top: number, frame: PeekFrame) => number>> = {
  A: (top) => top - 1,
  B: (top) => top + 1,
  5: (top, { height }) => top - height,
  6: (top, { height }) => top + height,
  H: () => 0,
  F: (_top, { lastTop }) => lastTop,
};

/** The first row to be shown after these keys; undefined where none of them scrolls, or where all is shown. */
export const scrolled = (keys: string, frame: PeekFrame): number | undefined => {
  let top: number | undefined;
  if (frame.lastTop === 0) {
    return top;
  }
  for (const [, letter, number] of keys.matchAll(KEY)) {
    const moved = MOVES[letter ?? number ?? '']?.(top ?? frame.top, frame);
    if (moved !== undefined) {
      top = Math.min(Math.max(0, moved), frame.lastTop);
    }
  }
  return top;
};

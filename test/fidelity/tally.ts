import type { CutResult, Miss } from './model';

/** Cuts of one kind of check, counted. */
export interface Tally {
  readonly cuts: number;
  /** The screen looks the same at the cut. */
  readonly seen: number;
  /** All that can be noticed is the same, then and later. */
  readonly whole: number;
  /** Every inner value as well; only where the emulator can be asked. */
  readonly exact?: number;
  /** Cuts left out because xterm.js itself depends on how its input is cut there. */
  readonly emulators?: number;
}

export const EMPTY_TALLY: Tally = { cuts: 0, seen: 0, whole: 0, exact: 0, emulators: 0 };

export const tallyOf = (results: readonly CutResult[]): Tally => {
  const own = results.filter(({ isEmulators }) => !isEmulators);
  return {
    cuts: own.length,
    seen: own.filter(({ isSeen }) => isSeen).length,
    whole: own.filter(({ isWhole }) => isWhole).length,
    exact: own.filter(({ isExact }) => isExact).length,
    emulators: results.length - own.length,
  };
};

export const add = (a: Tally, b: Tally): Tally => ({
  cuts: a.cuts + b.cuts,
  seen: a.seen + b.seen,
  whole: a.whole + b.whole,
  ...(a.exact === undefined || b.exact === undefined ? {} : { exact: a.exact + b.exact }),
  ...(a.emulators === undefined || b.emulators === undefined ? {} : { emulators: a.emulators + b.emulators }),
});

/** The first misses as text, for whoever has to mend them. */
export const missText = (misses: readonly Miss[], count = 3): string =>
  misses
    .slice(0, count)
    .map(({ cut, moment, detail }) => `cut at byte ${cut}, ${moment}:\n${detail.slice(0, 2000)}`)
    .join('\n\n');

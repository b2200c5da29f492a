import type { CutResult, Miss } from './model';

/** Cuts of one kind of check, counted. */
export interface Tally {
  readonly cuts: number;
  /** The screen looks the same at the cut. */
  readonly seen: number;
  /** All that can be noticed is the same, then and later. */
  readonly whole: number;
  /** Every inner value as well; live, where only the window can be asked, the same as `whole`. */
  readonly exact: number;
  /** Cuts left out because xterm.js itself depends on how its input is cut there. */
  readonly emulators: number;
}

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

/** How many cuts each kind of difference spoiled. */
export const lostIn = (results: readonly CutResult[]): Readonly<Record<string, number>> => {
  const lost: Record<string, number> = {};
  for (const { misses } of results.filter(({ isEmulators }) => !isEmulators)) {
    for (const name of new Set(misses.flatMap(({ what }) => what))) {
      lost[name] = (lost[name] ?? 0) + 1;
    }
  }
  return lost;
};

/** The first misses as text, for whoever has to mend them. */
export const missText = (misses: readonly Miss[], count = 3): string =>
  misses
    .slice(0, count)
    .map(({ cut, moment, detail }) => `cut at byte ${cut}, ${moment}:\n${detail.slice(0, 2000)}`)
    .join('\n\n');

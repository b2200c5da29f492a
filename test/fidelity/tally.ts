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

/** What a run says of what Holdfast misses; nothing when all is the same. */
export interface Told {
  /** Whether there is something that can be noticed. */
  readonly hasMissed: boolean;
  /** Whether the details are wanted. */
  readonly isDetailed: boolean;
  readonly text: string;
}

/** @param isVerbose whether differences in inner values only, which nobody can notice, are told one by one */
export const toldOf = (name: string, results: readonly CutResult[], isVerbose: boolean): Told | undefined => {
  const own = results.filter(({ isExact, isEmulators }) => !isExact && !isEmulators);
  const noticed = own.filter(({ isWhole }) => !isWhole);
  if (noticed.length > 0) {
    const text = `  MISSED ${name}:\n${missText(noticed.flatMap(({ misses }) => misses))}`;
    return { hasMissed: true, isDetailed: true, text };
  }
  if (own.length === 0) {
    return undefined;
  }
  const count = `${own.length} of ${results.length} cuts differ in inner values only, which nobody can notice`;
  const text = isVerbose
    ? `  ${name}: ${count}:\n${missText(
        own.flatMap(({ misses }) => misses),
        1,
      )}`
    : `  ${name}: ${count} (--verbose shows them)`;
  return { hasMissed: false, isDetailed: isVerbose, text };
};

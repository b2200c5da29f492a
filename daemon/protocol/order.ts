import type { SessionInfo } from './model';

/** The order that people have given sessions and their groups, for whoever shows them. */

const texts = new Intl.Collator(undefined, { numeric: true });

/** As people read names: `web-2` before `web-10`. */
export const byText = (a: string, b: string): number => texts.compare(a, b) || Number(a > b) - Number(a < b);

export const firstOf = (a: boolean, b: boolean): number => Number(b) - Number(a);

/** Those that nobody has put anywhere come last. */
export const byPlace = (a: number | null | undefined, b: number | null | undefined): number =>
  a == null || b == null ? firstOf(a != null, b != null) : a - b;

/** The order of a group's sessions, or of those in none. */
export const byHand = (a: SessionInfo, b: SessionInfo): number =>
  firstOf(a.pinned, b.pinned) || byPlace(a.position, b.position) || byText(a.name, b.name);

/** The order of groups: as somebody has put them, the others behind by name. @param sessions all that may be in them */
export const byGroup = (sessions: readonly SessionInfo[]): ((a: string, b: string) => number) => {
  const places = new Map<string, number>();
  for (const { group, groupPosition } of sessions) {
    if (group !== null && groupPosition != null) {
      places.set(group, Math.min(groupPosition, places.get(group) ?? groupPosition));
    }
  }
  return (a, b) => byPlace(places.get(a), places.get(b)) || byText(a, b);
};

/**
 * Sessions as the view has them that is sorted by hand: by group, then those in none. Where nobody has put anything anywhere they stay as
 * they are.
 */
export const asArranged = <T>(all: readonly T[], infoOf: (one: T) => SessionInfo): readonly T[] => {
  const infos = all.map(infoOf);
  if (infos.every(({ position, groupPosition }) => position == null && groupPosition == null)) {
    return all;
  }
  const groups = byGroup(infos);
  const compare = (a: SessionInfo, b: SessionInfo): number =>
    firstOf(a.group !== null, b.group !== null) || groups(a.group ?? '', b.group ?? '') || byHand(a, b);
  return [...all].sort((a, b) => compare(infoOf(a), infoOf(b)));
};

import type { SessionId } from '../../daemon/protocol/ids';
import type { SessionInfo } from '../../daemon/protocol/model';

/** Where sessions are to go: to a group (`''` is none), and there beside another one, to the end, or wherever. */
export interface Destination {
  readonly group: string;
  readonly at: { readonly session: SessionId } | 'end' | 'anywhere';
}

/** What has to be changed. */
export interface Move {
  /** These come into the group. */
  readonly joining: readonly SessionId[];
  /** The new order of all of the group; undefined where it stays as it is. */
  readonly order: readonly SessionId[] | undefined;
}

/** All groups that there are, in no order. */
export const groupNames = (sessions: readonly SessionInfo[]): string[] =>
  [...new Set(sessions.map(groupOf))].filter((group) => group !== '');

export const groupOf = ({ group }: Pick<SessionInfo, 'group'>): string => group ?? '';

/**
 * What it takes to move sessions. They take the place of the one they are dropped on: from above they come behind it, else
 * before it, as in lists everywhere.
 *
 * @param moved in the order in which they are shown
 * @param inGroup all sessions of the destination's group, in the order in which they are shown
 */
export const planMove = (
  moved: readonly SessionInfo[],
  inGroup: readonly SessionInfo[],
  { group, at }: Destination,
): Move => {
  const ids = moved.map(({ id }) => id);
  const joining = moved.filter((session) => groupOf(session) !== group).map(({ id }) => id);
  if (at === 'anywhere' || (typeof at === 'object' && ids.includes(at.session))) {
    return { joining, order: undefined };
  }
  const before = inGroup.map(({ id }) => id);
  return { joining, order: reordered(before, ids, at === 'end' ? undefined : at.session) };
};

/**
 * What comes of a list when some of it, or something new, takes the place of `target`, else the end: from above behind it, else before it.
 * @returns undefined where it stays as it is
 */
export const reordered = <T>(
  before: readonly T[],
  moved: readonly T[],
  target: T | undefined,
): readonly T[] | undefined => {
  const rest = before.filter((one) => !moved.includes(one));
  const index = target === undefined ? rest.length : placeOf(target, moved, before, rest);
  const order = [...rest.slice(0, index), ...moved, ...rest.slice(index)];
  return isSame(order, before) ? undefined : order;
};

/** The one that sessions of a group change places with when they go a step up or down; undefined at the end. */
export const neighbourOf = (
  moved: readonly SessionInfo[],
  shown: readonly SessionInfo[],
  step: 'up' | 'down',
): SessionInfo | undefined => {
  const indexes = moved.map(({ id }) => shown.findIndex((session) => session.id === id));
  const index = step === 'up' ? Math.min(...indexes) - 1 : Math.max(...indexes) + 1;
  const neighbour = shown[index];
  // Pinned ones stay first, wherever somebody puts them.
  return moved.every(({ pinned }) => pinned === neighbour?.pinned) ? neighbour : undefined;
};

const placeOf = <T>(target: T, moved: readonly T[], before: readonly T[], rest: readonly T[]): number => {
  const from = before.findIndex((one) => moved.includes(one));
  const isFromAbove = from >= 0 && from < before.indexOf(target);
  const at = rest.indexOf(target);
  if (at < 0) {
    return rest.length;
  }
  return isFromAbove ? at + 1 : at;
};

const isSame = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index]);

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
  const rest = before.filter((id) => !ids.includes(id));
  const index = at === 'end' ? rest.length : placeOf(at.session, ids, before, rest);
  const order = [...rest.slice(0, index), ...ids, ...rest.slice(index)];
  return { joining, order: isSame(order, before) ? undefined : order };
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

const placeOf = (
  target: SessionId,
  moved: readonly SessionId[],
  before: readonly SessionId[],
  rest: readonly SessionId[],
): number => {
  const from = before.findIndex((id) => moved.includes(id));
  const isFromAbove = from >= 0 && from < before.indexOf(target);
  const at = rest.indexOf(target);
  if (at < 0) {
    return rest.length;
  }
  return isFromAbove ? at + 1 : at;
};

const isSame = (a: readonly SessionId[], b: readonly SessionId[]): boolean =>
  a.length === b.length && a.every((id, index) => id === b[index]);

import type { SessionInfo } from '../../daemon/protocol/model';
import { byGroup, byPlace, byText, firstOf } from '../../daemon/protocol/order';
import type { Settings } from '../contributions';

export type SortOrder = Settings['holdfast.view.sort'];

/** What the tree shows of the sessions, and in which order. */
export interface Shape {
  readonly sort: SortOrder;
  /** Whether only some are shown: then nothing of them is hidden below a row that somebody has collapsed. */
  readonly isFiltered: boolean;
  isShown(session: SessionInfo): boolean;
  /** Whether it belongs to other folders than this window's. */
  isElsewhere(session: SessionInfo): boolean;
  /** Whether somebody should look at it. */
  isWanting(session: SessionInfo): boolean;
  /** When something has last happened in it: milliseconds since 1970. */
  activeAt(session: SessionInfo): number;
}

/** Everything, as people have put it. */
export const PLAIN_SHAPE: Shape = {
  sort: 'manual',
  isFiltered: false,
  isShown: () => true,
  isElsewhere: () => false,
  isWanting: () => false,
  activeAt: ({ createdAt }) => createdAt,
};

/** The order of sessions that stand together; pinned ones come first in each. */
export const bySession =
  (shape: Shape) =>
  (a: SessionInfo, b: SessionInfo): number => {
    const first = shape.sort === 'attention' ? firstOf(shape.isWanting(a), shape.isWanting(b)) : 0;
    return first || firstOf(a.pinned, b.pinned) || bySort(shape, a, b) || byText(a.name, b.name);
  };

/** The order of groups. @param sessions all that may be in them */
export const groupOrder = (
  shape: Shape,
  sessions: readonly SessionInfo[],
): ((a: string, b: string) => number) => (shape.sort === 'name' ? byText : byGroup(sessions));

const bySort = (shape: Shape, a: SessionInfo, b: SessionInfo): number => {
  switch (shape.sort) {
    case 'name':
      return 0;
    case 'created':
      return b.createdAt - a.createdAt;
    case 'activity':
      return shape.activeAt(b) - shape.activeAt(a);
    case 'manual':
    case 'attention':
      return byPlace(a.position, b.position);
  }
};

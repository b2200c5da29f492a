import type { Catalog } from './catalog';

/** Where somebody has put a group among the groups: its sessions know. */
export const groupPlace = (catalog: Pick<Catalog, 'sessions'>, group: string | null): number | null =>
  group === null
    ? null
    : (catalog.sessions.find((row) => row.group === group && row.groupPosition !== null)?.groupPosition ??
      null);

import type { SessionInfo } from '../../daemon/protocol/model';
import { SessionArrange, SessionArrangeGroups, SessionSet } from '../../daemon/protocol/sessions';
import type { DaemonLink } from '../daemonLink';
import { type Destination, groupNames, groupOf, type Move, neighbourOf, planMove, reordered } from './moving';
import { bySession, groupOrder, type Shape } from './shape';
import { setSort } from './sortSetting';
import { childNodes, type GroupNode, rootNodes, type TreeNode } from './treeModel';

/** As much of the link to the daemon as it takes to move sessions. */
export type MovableSessions = Pick<DaemonLink, 'all' | 'get' | 'call' | 'refresh'>;

/** Moves sessions between groups, and among those of one: with the mouse, or by a command. */
export class Mover {
  public constructor(
    private readonly _link: MovableSessions,
    private readonly _shape: Shape,
  ) {}

  /** @param target the row that something was dropped on; undefined below all rows */
  public async drop(nodes: readonly TreeNode[], target: TreeNode | undefined): Promise<void> {
    await this._link.refresh();
    const destination = this._destinationOf(target);
    const moved = nodes.flatMap((node) =>
      node.kind === 'session' ? (this._link.get(node.session) ?? []) : [],
    );
    if (destination !== undefined && moved.length > 0) {
      await this._move(moved, destination);
    } else if (nodes.length > 0 && nodes.every(({ kind }) => kind === 'group')) {
      // Among those in no group, or below all rows, it is behind all groups; nobody sees groups among other folders' at once.
      await this._moveGroups(
        nodes.flatMap(groupsOf),
        target?.kind === 'elsewhere' ? undefined : destination?.group,
      );
    }
  }

  /** @param group `''` is none */
  public async toGroup(moved: readonly SessionInfo[], group: string): Promise<void> {
    await this._move(moved, { group, at: 'anywhere' });
  }

  /** Moves sessions of one group past the next one that is shown beside them, if there is one. */
  public async step(moved: readonly SessionInfo[], step: 'up' | 'down'): Promise<void> {
    const [first] = moved;
    if (first === undefined) {
      return;
    }
    const isBeside = (session: SessionInfo): boolean =>
      groupOf(session) === groupOf(first) &&
      this._shape.isShown(session) &&
      this._shape.isElsewhere(session) === this._shape.isElsewhere(first);
    const together = moved.filter(isBeside);
    const neighbour = neighbourOf(together, this._inOrder(isBeside), step);
    if (neighbour !== undefined) {
      await this._move(together, { group: groupOf(first), at: { session: neighbour.id } });
    }
  }

  /** Moves groups past the next one that is shown beside them, if there is one. */
  public async stepGroups(nodes: readonly GroupNode[], step: 'up' | 'down'): Promise<void> {
    await this._link.refresh();
    const isElsewhere = nodes[0]?.isElsewhere;
    const level = isElsewhere
      ? childNodes(this._link, { kind: 'elsewhere' }, this._shape)
      : rootNodes(this._link, this._shape);
    const shown = level.flatMap(groupsOf);
    const moved = nodes.filter((node) => node.isElsewhere === isElsewhere).map(({ group }) => group);
    const indexes = moved.map((group) => shown.indexOf(group));
    const neighbour = shown[step === 'up' ? Math.min(...indexes) - 1 : Math.max(...indexes) + 1];
    if (neighbour !== undefined) {
      await this._moveGroups(moved, neighbour);
    }
  }

  /** @param target the group whose place they take; `''` is the end */
  private async _moveGroups(moved: readonly string[], target: string | undefined): Promise<void> {
    const all = this._link.all();
    const compare = groupOrder(this._shape, all);
    const before = groupNames(all).sort(compare);
    const ids = [...moved].sort(compare);
    const order =
      target === undefined || ids.includes(target)
        ? undefined
        : reordered(before, ids, target === '' ? undefined : target);
    if (order !== undefined) {
      await this._link.call(SessionArrangeGroups.type, { groups: order });
      if (this._shape.sort === 'name') {
        await setSort('manual');
      }
    }
  }

  private async _move(moved: readonly SessionInfo[], wanted: Destination): Promise<void> {
    const plan = this._planOf(moved, wanted);
    for (const id of plan.joining) {
      await this._link.call(SessionSet.type, { target: { text: id, explicit: true }, group: wanted.group });
    }
    if (plan.order !== undefined) {
      await this._link.call(SessionArrange.type, { sessions: plan.order });
      if (this._shape.sort !== 'manual') {
        await setSort('manual');
      }
    }
  }

  private _planOf(moved: readonly SessionInfo[], wanted: Destination): Move {
    const inGroup = this._inOrder((session) => groupOf(session) === wanted.group);
    const plan = planMove([...moved].sort(bySession(this._shape)), inGroup, wanted);
    // Who changes the order means it; who only brings something along leaves a sorted view sorted.
    const isMeant = this._shape.sort === 'manual' || (plan.joining.length === 0 && wanted.at !== 'end');
    return isMeant ? plan : { ...plan, order: undefined };
  }

  private _inOrder(isMeant: (session: SessionInfo) => boolean): readonly SessionInfo[] {
    return this._link.all().filter(isMeant).sort(bySession(this._shape));
  }

  private _destinationOf(target: TreeNode | undefined): Destination | undefined {
    switch (target?.kind) {
      case undefined:
        return { group: '', at: 'end' };
      case 'elsewhere':
        return { group: '', at: 'anywhere' };
      case 'group':
        return { group: target.group, at: 'anywhere' };
      case 'session':
      case 'terminal': {
        const session = this._link.get(target.session);
        return session === undefined ? undefined : { group: groupOf(session), at: { session: session.id } };
      }
    }
  }
}

const groupsOf = (node: TreeNode): readonly string[] => (node.kind === 'group' ? [node.group] : []);

import { listProcesses, type ProcessEntry, sessionKey } from '../platform/processTree';
import { HoldfastError } from '../protocol/errors';
import type { Hello } from '../protocol/hello';
import type { TerminalId } from '../protocol/ids';
import type { TerminalRow } from '../store/rows';
import type { Catalog } from './catalog';

/** A viewer that runs in one Holdfast terminal and shows another there. */
export interface Showing {
  readonly inside: TerminalId;
  readonly shown: TerminalId;
}

/** Whether `next` would make a terminal show itself, at once or through others. */
export const closesCycle = (next: Showing, others: readonly Showing[]): boolean => {
  const reached = new Set([next.shown]);
  // A set is walked through while it grows: whatever is shown in a terminal that was reached is reached too.
  for (const terminal of reached) {
    for (const { inside, shown } of others) {
      if (inside === terminal) {
        reached.add(shown);
      }
    }
  }
  return reached.has(next.inside);
};

interface Viewing {
  readonly pid: number;
  readonly startTime: string | null;
  readonly shown: TerminalId;
}

/**
 * Keeps terminals from being shown inside themselves: each would draw the other's drawing for ever. Where a
 * command line runs is read from its process, whose terminal is the one it was started in whatever its
 * variables say. A client that does not say its true process is at most let through.
 */
export class Nesting {
  /** Since the call and not only since the stream: of two that attach to each other at once, one is refused. */
  private _viewings: readonly Viewing[] = [];

  public constructor(private readonly _catalog: Catalog) {}

  /** Lets a client show `row`. @throws HoldfastError NESTED_SESSION */
  public async admit(row: TerminalRow, client: Hello['client']): Promise<void> {
    if (client.kind !== 'cli') {
      return;
    }
    const living = new Map<number, ProcessEntry>();
    for (const entry of await listProcesses()) {
      if (!entry.zombie) {
        living.set(entry.pid, entry);
      }
    }
    const entry = living.get(client.pid);
    if (entry === undefined) {
      return;
    }
    this._viewings = this._viewings.filter(
      ({ pid, startTime }) => living.get(pid)?.startTime === startTime && pid !== client.pid,
    );
    const terminals = this._terminalsByKey();
    const terminalOf = (pid: number): TerminalId | undefined => terminals.get(living.get(pid)?.session ?? '');
    const inside = terminalOf(client.pid);
    const others = [...this._viewings, ...this._reported()].flatMap(({ pid, shown }) => {
      const where = pid === client.pid ? undefined : terminalOf(pid);
      return where === undefined ? [] : [{ inside: where, shown }];
    });
    if (inside !== undefined && closesCycle({ inside, shown: row.id }, others)) {
      throw new HoldfastError(
        'NESTED_SESSION',
        'this terminal is inside the session it would show, or is shown there',
        'Attach to another session, or run this from a terminal outside Holdfast.',
      );
    }
    this._viewings = [...this._viewings, { pid: entry.pid, startTime: entry.startTime, shown: row.id }];
  }

  /** Viewers that the PTY hosts know of, those of the time before this daemon too. */
  private _reported(): readonly Pick<Viewing, 'pid' | 'shown'>[] {
    return this._catalog.terminals.flatMap((row) =>
      this._catalog
        .live(row.id)
        .viewers.flatMap(({ client, pid }) =>
          client === 'cli' && pid !== undefined ? [{ pid, shown: row.id }] : [],
        ),
    );
  }

  private _terminalsByKey(): ReadonlyMap<string, TerminalId> {
    const found = new Map<string, TerminalId>();
    for (const row of this._catalog.terminals) {
      const key =
        row.state === 'running' && row.pid !== null
          ? sessionKey(row.pid, this._catalog.live(row.id).ptsName)
          : null;
      if (key !== null) {
        found.set(key, row.id);
      }
    }
    return found;
  }
}

import { Disposable } from '../lifecycle/lifecycle';
import type { Millis, SessionId } from '../protocol/ids';
import type { SessionRow } from '../store/rows';
import { terminalState } from './info';
import type { Parts } from './parts';

/** setTimeout's largest delay; a later deadline is looked at again when this has passed. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** By performance.now(): a clock that is set meanwhile ends nothing early, and lets nothing live for hours. */
type Steady = number;

/** Ends sessions at the time their users set: a time to live, or a while after an ephemeral one's last viewer. */
export class Deadlines extends Disposable {
  private readonly _timers = new Map<SessionId, NodeJS.Timeout>();
  /** Since when an ephemeral session has no viewer, and when somebody had attached last by then. */
  private readonly _alone = new Map<SessionId, { readonly since: Steady; readonly attachedAt: Millis }>();
  /** Those that this daemon has seen with viewers. */
  private readonly _viewed = new Set<SessionId>();
  /** When those with a time to live end, and what that was worked out from. */
  private readonly _ends = new Map<SessionId, { readonly at: Steady; readonly by: Millis }>();

  public constructor(
    private readonly _parts: Parts,
    private readonly _end: (session: SessionId) => Promise<void>,
  ) {
    super();
    const { catalog } = _parts;
    this._register(catalog.onDidChange((session) => this._arm(session)));
    this._register(catalog.onDidRemove((session) => this._disarm(session)));
    for (const row of catalog.sessions) {
      this._arm(row.id);
    }
  }

  public override dispose(): void {
    for (const timer of this._timers.values()) {
      clearTimeout(timer);
    }
    super.dispose();
  }

  private _arm(session: SessionId): void {
    const row = this._parts.catalog.session(session);
    const due = row === undefined ? undefined : this._due(row);
    clearTimeout(this._timers.get(session));
    this._timers.delete(session);
    if (due === undefined || this._isDisposed) {
      return;
    }
    const timer = setTimeout(
      () => this._reached(session),
      Math.min(Math.max(0, due - performance.now()), MAX_DELAY_MS),
    );
    timer.unref();
    this._timers.set(session, timer);
  }

  private _reached(session: SessionId): void {
    const row = this._parts.catalog.session(session);
    const due = row === undefined ? undefined : this._due(row);
    if (due === undefined || due > performance.now()) {
      this._arm(session);
      return;
    }
    this._end(session).catch((error: unknown) => this._parts.report('ending a session in time', error));
  }

  private _disarm(session: SessionId): void {
    clearTimeout(this._timers.get(session));
    this._timers.delete(session);
    this._alone.delete(session);
    this._viewed.delete(session);
    this._ends.delete(session);
  }

  /** When a session is to end, or undefined when nothing says so, or nothing of it surely runs. */
  private _due(row: SessionRow): Steady | undefined {
    const { catalog, settings } = this._parts;
    const states = catalog.terminalsOf(row.id).map((terminal) => terminalState(terminal, catalog));
    if (!states.includes('running')) {
      this._alone.delete(row.id);
      return undefined;
    }
    const atTtl = row.ttlMs === null ? undefined : this._endOf(row, row.ttlMs);
    const alone =
      row.kind === 'ephemeral' && !states.includes('unreachable') ? this._aloneSince(row) : undefined;
    const times = [atTtl, alone === undefined ? undefined : alone + settings.ephemeralGraceMs];
    const due = Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY));
    return Number.isFinite(due) ? due : undefined;
  }

  /** What was stored is told by the clock, and looked at once. */
  private _endOf(row: SessionRow, ttlMs: number): Steady {
    const by = this._startedAt(row) + ttlMs;
    const known = this._ends.get(row.id);
    if (known?.by === by) {
      return known.at;
    }
    const at = performance.now() + by - Date.now();
    this._ends.set(row.id, { at, by });
    return at;
  }

  /** Since when nobody looks, once somebody has; after a daemon's restart, as its predecessor recorded it. */
  private _aloneSince(row: SessionRow): Steady | undefined {
    const { catalog } = this._parts;
    const { id, lastAttachedAt: attachedAt } = row;
    const hasViewers = catalog
      .terminalsOf(id)
      .some((terminal) => catalog.live(terminal.id).viewers.length > 0);
    if (hasViewers) {
      this._viewed.add(id);
    }
    if (hasViewers || attachedAt === null) {
      this._alone.delete(id);
      return undefined;
    }
    const known = this._alone.get(id);
    // A ticket that is not used yet counts as an attempt to attach: the time begins anew with it.
    if (known?.attachedAt === attachedAt) {
      return known.since;
    }
    const now = performance.now();
    const isSeen = known !== undefined || this._viewed.has(id);
    const since = isSeen ? now : now - Math.max(0, Date.now() - Math.max(this._leftAt(id), attachedAt));
    this._alone.set(id, { since, attachedAt });
    return since;
  }

  /** When the last viewer left, as far as that was recorded; one that left with no daemon there leaves now. */
  private _leftAt(session: SessionId): Millis {
    const last = this._parts.catalog
      .events({ session })
      .findLast(({ event }) => event === 'viewer-attached' || event === 'viewer-detached');
    return last?.event === 'viewer-detached' ? last.time : Date.now();
  }

  /** When the session's first program was started, the last time. */
  private _startedAt(row: SessionRow): Millis {
    const { catalog } = this._parts;
    const first = catalog.terminalsOf(row.id)[0]?.id;
    const started = catalog
      .events({ session: row.id })
      .findLast(({ event, terminal }) => event === 'terminal-started' && terminal === first);
    return started?.time ?? row.createdAt;
  }
}

import { Disposable } from '../lifecycle/lifecycle';
import type { Millis, SessionId } from '../protocol/ids';
import type { SessionRow } from '../store/rows';
import { terminalState } from './info';
import type { Parts } from './parts';

/** setTimeout's largest delay; a later deadline is looked at again when this has passed. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Ends sessions at the time their users set: a time to live, or a while after an ephemeral one's last viewer. */
export class Deadlines extends Disposable {
  private readonly _timers = new Map<SessionId, NodeJS.Timeout>();
  /** Since when an ephemeral session has no viewer. */
  private readonly _alone = new Map<SessionId, Millis>();

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
      Math.min(Math.max(0, due - Date.now()), MAX_DELAY_MS),
    );
    timer.unref();
    this._timers.set(session, timer);
  }

  private _reached(session: SessionId): void {
    const row = this._parts.catalog.session(session);
    const due = row === undefined ? undefined : this._due(row);
    if (due === undefined || due > Date.now()) {
      this._arm(session);
      return;
    }
    this._end(session).catch((error: unknown) => this._parts.report('ending a session in time', error));
  }

  private _disarm(session: SessionId): void {
    clearTimeout(this._timers.get(session));
    this._timers.delete(session);
    this._alone.delete(session);
  }

  /** When a session is to end, or undefined when nothing says so, or nothing of it surely runs. */
  private _due(row: SessionRow): Millis | undefined {
    const { catalog, settings } = this._parts;
    const states = catalog.terminalsOf(row.id).map((terminal) => terminalState(terminal, catalog));
    if (!states.includes('running')) {
      this._alone.delete(row.id);
      return undefined;
    }
    const atTtl = row.ttlMs === null ? undefined : this._startedAt(row) + row.ttlMs;
    const alone =
      row.kind === 'ephemeral' && !states.includes('unreachable') ? this._aloneSince(row) : undefined;
    const times = [atTtl, alone === undefined ? undefined : alone + settings.ephemeralGraceMs];
    const due = Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY));
    return Number.isFinite(due) ? due : undefined;
  }

  /** Since when nobody looks, once somebody has; after a daemon's restart, as its predecessor recorded it. */
  private _aloneSince(row: SessionRow): Millis | undefined {
    const { catalog } = this._parts;
    const hasViewers = catalog
      .terminalsOf(row.id)
      .some((terminal) => catalog.live(terminal.id).viewers.length > 0);
    if (hasViewers || row.lastAttachedAt === null) {
      this._alone.delete(row.id);
      return undefined;
    }
    // A ticket that is not used yet counts as an attempt to attach: the time begins anew with it.
    const since = Math.max(this._alone.get(row.id) ?? this._leftAt(row.id), row.lastAttachedAt);
    this._alone.set(row.id, since);
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

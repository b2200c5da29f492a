import type { Millis, SessionId } from '../protocol/ids';
import type { Target } from '../protocol/sessions';
import type { TerminalRow } from '../store/rows';
import { sessionState } from './info';
import type { Parts } from './parts';
import { type Candidates, type Resolved, resolveTarget, terminalOf } from './target';

/** Finds what callers name, and remembers which session was used last. */
export class Targets {
  private readonly _used = new Map<SessionId, Millis>();
  private readonly _candidates: Candidates;

  public constructor(private readonly _parts: Parts) {
    const { catalog } = _parts;
    const used = this._used;
    this._candidates = {
      get sessions() {
        return catalog.sessions.map((row) => ({ ...row, lastUsedAt: used.get(row.id) ?? row.lastUsedAt }));
      },
      terminalsOf: (session) => catalog.terminalsOf(session),
      isListed: (session) => sessionState(session, catalog) !== 'exited',
    };
  }

  /** @throws SESSION_NOT_FOUND, TERMINAL_NOT_FOUND, INVALID_INPUT */
  public resolve(target: Target): Resolved {
    return resolveTarget(target, this._candidates);
  }

  /** The one terminal a target means; counts as using its session. @throws as `resolve` */
  public resolveTerminal(target: Target): TerminalRow {
    const resolved = this.resolve(target);
    const terminal = terminalOf(resolved, this._candidates);
    this.use(resolved.session.id);
    return terminal;
  }

  /** The terminals a target means: all of a session's, unless it names one. @throws as `resolve` */
  public resolveTerminals(target: Target): readonly TerminalRow[] {
    const { session, terminal } = this.resolve(target);
    this.use(session.id);
    return terminal === undefined ? this._parts.catalog.terminalsOf(session.id) : [terminal];
  }

  /** The same for somebody who comes to look; `attached` stores it, once they see something. */
  public resolveToAttach(target: Target): TerminalRow {
    const resolved = this.resolve(target);
    const terminal = terminalOf(resolved, this._candidates);
    this._used.set(resolved.session.id, Date.now());
    return terminal;
  }

  /** Remembers at once, stores soon: losing it in a crash costs nobody anything. */
  public use(session: SessionId): void {
    const now = Date.now();
    const before = this._used.get(session);
    this._used.set(session, now);
    if (before === undefined || now - before > STORE_INTERVAL_MS) {
      this._parts.catalog
        .changeSession(session, (row) => ({ ...row, lastUsedAt: now }))
        .catch((error: unknown) => this._parts.report('storing which session was used', error));
    }
  }

  /** Stores that somebody looks at a session. @throws STORE_ERROR */
  public attached(session: SessionId): Promise<void> {
    const now = Date.now();
    return this._parts.catalog.changeSession(session, (row) => ({
      ...row,
      lastAttachedAt: now,
      lastUsedAt: now,
    }));
  }

  /** The same, once what is being done now is done: it would take the time in which somebody waits for a screen. */
  public attachedSoon(session: SessionId): void {
    setImmediate(() => {
      this.attached(session).catch((error: unknown) =>
        this._parts.report('storing when a session was last looked at', error),
      );
    });
  }
}

const STORE_INTERVAL_MS = 10_000;

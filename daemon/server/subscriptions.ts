import { Disposable } from '../lifecycle/lifecycle';
import {
  EventHappened,
  type EventsSubscribe,
  SESSIONS_CHANGED_INTERVAL_MS,
  SessionsChanged,
} from '../protocol/events';
import type { SessionId } from '../protocol/ids';
import type { Catalog } from '../sessions/catalog';
import { sessionInfo } from '../sessions/info';
import type { RpcPeer } from '../transport/rpc';

/** A subscriber with this much unread gets no more until it has read it: what changed meanwhile is merged. */
const MAX_BACKLOG_BYTES = 1024 * 1024;

/**
 * What one client wants to be told. Changes of sessions are merged and sent at a calm rate; a client that
 * does not read makes the daemon remember ids, never messages.
 */
export class Subscription extends Disposable {
  private readonly _changed = new Set<SessionId>();
  private readonly _removed = new Set<SessionId>();
  private _timer: NodeJS.Timeout | undefined;

  public constructor(
    private readonly _peer: RpcPeer,
    private readonly _catalog: Catalog,
    wanted: EventsSubscribe.Params,
  ) {
    super();
    if (wanted.events === true) {
      this._register(
        _catalog.onDidHappen((event) => {
          // `events/list` has what a client that lags has missed.
          if (_peer.backlogBytes < MAX_BACKLOG_BYTES) {
            _peer.notify(EventHappened.type, event);
          }
        }),
      );
    }
    const some = new Set(wanted.of);
    const isWanted = (id: SessionId): boolean => wanted.sessions === true || some.has(id);
    if (wanted.sessions === true || some.size > 0) {
      this._register(
        _catalog.onDidChange((id) => {
          if (isWanted(id)) {
            this._changed.add(id);
            this._schedule();
          }
        }),
      );
      this._register(
        _catalog.onDidRemove((id) => {
          if (isWanted(id)) {
            this._changed.delete(id);
            this._removed.add(id);
            this._schedule();
          }
        }),
      );
    }
  }

  /** Tells at once what is still to be told: the client is about to hear no more of this daemon. */
  public flush(): void {
    if (this._timer !== undefined && !this._isDisposed) {
      clearTimeout(this._timer);
      this._send();
    }
  }

  public override dispose(): void {
    clearTimeout(this._timer);
    super.dispose();
  }

  private _schedule(): void {
    if (this._timer === undefined && !this._isDisposed) {
      this._timer = setTimeout(() => this._send(), SESSIONS_CHANGED_INTERVAL_MS);
    }
  }

  private _send(): void {
    this._timer = undefined;
    if (this._peer.backlogBytes >= MAX_BACKLOG_BYTES) {
      this._schedule();
      return;
    }
    const changed = [...this._changed].flatMap((id) => {
      const row = this._catalog.session(id);
      return row === undefined ? [] : [sessionInfo(row, this._catalog)];
    });
    const removed = [...this._removed];
    this._changed.clear();
    this._removed.clear();
    if (changed.length > 0 || removed.length > 0) {
      this._peer.notify(SessionsChanged.type, { changed, removed });
    }
  }
}

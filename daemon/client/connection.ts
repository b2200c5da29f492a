import type { NotificationType, RequestType } from 'vscode-jsonrpc';
import { Emitter, type Event } from '../lifecycle/event';
import { Disposable, type IDisposable } from '../lifecycle/lifecycle';
import type { EndpointRecord } from '../protocol/endpoint';
import { HoldfastError, type WireError } from '../protocol/errors';
import { EventHappened, EventsSubscribe, type HoldfastEvent, SessionsChanged } from '../protocol/events';
import type { Hello } from '../protocol/hello';
import type { SessionId } from '../protocol/ids';
import { TerminalStreamReady } from '../protocol/terminals';
import { type CallOptions, RpcPeer } from '../transport/rpc';
import { attachTerminal } from './attachment';
import type { Attachment, AttachOptions } from './attachmentTypes';
import { connectOrStart, helloClient, type LaunchOptions, RESTART_PATIENCE_MS } from './launcher';
import type { ConnectOptions } from './options';
import { Backoff, Pause, withOneRetry } from './retry';

/** By then the next daemon is there, unless there is none to come: until then it is looked for often. */
const RESTARTED_MS = 3000;

export type ConnectionState = 'connected' | 'connecting' | 'closed';

/**
 * One control connection to the daemon that outlives daemons: when it breaks it is opened again, with the
 * subscriptions made before. Calls in flight at that moment reject with DAEMON_UNAVAILABLE and MAY_HAVE_HAPPENED, except
 * those that only look, which are made once more. While no daemon runs none is started for its own sake
 * (somebody may have stopped it on purpose); the next call does, unless opened with `start: 'never'`.
 */
export class Connection extends Disposable {
  private readonly _onDidChangeState = this._register(new Emitter<ConnectionState>());
  public readonly onDidChangeState: Event<ConnectionState> = this._onDidChangeState.event;

  private readonly _onEvent = this._register(new Emitter<HoldfastEvent>());
  /** What happened, once `subscribe({ events: true })` was called. */
  public readonly onEvent: Event<HoldfastEvent> = this._onEvent.event;

  private readonly _onSessionsChanged = this._register(new Emitter<SessionsChanged.Params>());
  /**
   * Sessions that changed: those that are viewed, and all once `subscribe({ sessions: true })` was called; then
   * after a reconnect, all of them.
   */
  public readonly onSessionsChanged: Event<SessionsChanged.Params> = this._onSessionsChanged.event;

  private readonly _onStreamReady = this._register(new Emitter<TerminalStreamReady.Params>());
  /** Where the stream of an attach is that is not answered yet. */
  public readonly onStreamReady: Event<TerminalStreamReady.Params> = this._onStreamReady.event;

  private readonly _attachments = new Map<IDisposable, SessionId>();
  private readonly _pause = this._register(new Pause());
  private _state: ConnectionState = 'connecting';
  private _peer: RpcPeer | undefined;
  private _endpoint: EndpointRecord | undefined;
  private _opening: Promise<RpcPeer> | undefined;
  private _subscription: EventsSubscribe.Params = {};
  private _knownSessions: ReadonlySet<SessionId> = new Set();

  private constructor(private readonly _options: LaunchOptions) {
    super();
  }

  /** @throws HoldfastError DAEMON_UNAVAILABLE, PROTOCOL_MISMATCH, AUTH_FAILED */
  public static async open(options: ConnectOptions = {}): Promise<Connection> {
    const connection = new Connection(options);
    try {
      await connection._open({ ...options });
    } catch (error) {
      connection.dispose();
      throw error;
    }
    return connection;
  }

  public get state(): ConnectionState {
    return this._state;
  }

  /** Which daemon serves; of the last one while connecting. */
  public get endpoint(): EndpointRecord | undefined {
    return this._endpoint;
  }

  /** How this client introduces itself. */
  public get client(): Hello['client'] {
    return helloClient(this._options);
  }

  /** @throws HoldfastError what the daemon answered with; DAEMON_UNAVAILABLE; TIMEOUT */
  public call<P, R>(type: RequestType<P, R, WireError>, params: P, options: CallOptions = {}): Promise<R> {
    const once = async (): Promise<R> => (await this._ready()).call(type, params, options);
    return options.isOnce === true ? once() : withOneRetry(type.method, once);
  }

  public notify<P>(type: NotificationType<P>, params: P): void {
    this._peer?.notify(type, params);
  }

  /** Adds to what is subscribed; `onEvent` and `onSessionsChanged` then go on across reconnects. */
  public async subscribe(params: EventsSubscribe.Params): Promise<EventsSubscribe.Result> {
    this._subscription = { ...this._subscription, ...params };
    const result = await this.call(EventsSubscribe.type, this._wanted);
    this._remember(result);
    return result;
  }

  /**
   * Views a terminal. The attachment works on while this connection is broken, and ends when it is disposed.
   * @throws HoldfastError SESSION_NOT_FOUND, TERMINAL_NOT_FOUND, SESSION_UNREACHABLE, DAEMON_UNAVAILABLE
   */
  public async attach(options: AttachOptions): Promise<Attachment> {
    const attachment = await attachTerminal(this, options);
    if (this._isDisposed) {
      attachment.dispose();
      throw closed();
    }
    this._attachments.set(attachment, attachment.info.session);
    this._hearOfViewed();
    const forget = (): boolean => this._attachments.delete(attachment);
    attachment.onExit(forget);
    attachment.onDetach(forget);
    return attachment;
  }

  /** Closes it, and every attachment made through it; ends no program. */
  public override dispose(): void {
    if (this._isDisposed) {
      return;
    }
    for (const attachment of [...this._attachments.keys()]) {
      attachment.dispose();
    }
    this._setState('closed');
    super.dispose();
    this._peer?.dispose();
    this._peer = undefined;
  }

  /** What the daemon is asked to tell. */
  private get _wanted(): EventsSubscribe.Params {
    const viewed = new Set(this._attachments.values());
    return this._subscription.sessions === true || viewed.size === 0
      ? this._subscription
      : { ...this._subscription, of: [...viewed] };
  }

  /** Attachments are told what becomes of their sessions. */
  private _hearOfViewed(): void {
    if (this._subscription.sessions !== true) {
      this.call(EventsSubscribe.type, this._wanted).catch(() => {
        // No daemon at the moment: the next one is asked as soon as there is one.
      });
    }
  }

  private async _ready(): Promise<RpcPeer> {
    if (this._isDisposed) {
      throw closed();
    }
    if (this._peer !== undefined) {
      return this._peer;
    }
    try {
      if (this._opening !== undefined) {
        return await this._opening;
      }
    } catch {
      // An attempt that was not allowed to start a daemon; ours may be.
    }
    return this._peer ?? this._open({ ...this._options, patienceMs: RESTART_PATIENCE_MS });
  }

  /** One attempt at a time, whoever asks for it. */
  private _open(options: LaunchOptions): Promise<RpcPeer> {
    this._opening ??= this._adopt(options).finally(() => {
      this._opening = undefined;
    });
    return this._opening;
  }

  private async _adopt(options: LaunchOptions): Promise<RpcPeer> {
    const link = await connectOrStart(options);
    const peer = new RpcPeer(link.socket);
    if (this._isDisposed) {
      peer.dispose();
      throw closed();
    }
    peer.onNotification(EventHappened.type, (event) => this._onEvent.fire(event));
    peer.onNotification(SessionsChanged.type, (change) => this._sessionsChanged(change));
    peer.onNotification(TerminalStreamReady.type, (ready) => this._onStreamReady.fire(ready));
    let broken = false;
    peer.onClose(() => {
      broken = true;
      this._lost(peer);
    });
    peer.listen();
    const wanted = this._wanted;
    if (Object.keys(wanted).length > 0) {
      this._sessionsReplaced(await peer.call(EventsSubscribe.type, wanted));
    }
    if (broken || this._isDisposed) {
      peer.dispose();
      throw closed();
    }
    this._peer = peer;
    this._endpoint = link.endpoint;
    this._setState('connected');
    return peer;
  }

  private _lost(peer: RpcPeer): void {
    if (this._peer !== peer || this._isDisposed) {
      return;
    }
    this._peer = undefined;
    this._setState('connecting');
    void this._reconnect();
  }

  /** Never starts a daemon: it looks whether one is there again. Ends by itself. */
  private async _reconnect(): Promise<void> {
    const backoff = new Backoff(20, 2000, RESTARTED_MS);
    while (this._peer === undefined && !this._isDisposed) {
      await this._pause.wait(backoff.next());
      if (this._peer === undefined && !this._isDisposed) {
        // Not there yet: the loop asks again.
        await this._open({ ...this._options, start: 'never' }).catch(() => undefined);
      }
    }
  }

  private _setState(state: ConnectionState): void {
    if (this._state !== state) {
      this._state = state;
      this._onDidChangeState.fire(state);
    }
  }

  private _remember(result: EventsSubscribe.Result): void {
    this._knownSessions = new Set(result.sessions.map((session) => session.id));
  }

  private _sessionsChanged(change: SessionsChanged.Params): void {
    const known = new Set(this._knownSessions);
    change.changed.forEach((session) => void known.add(session.id));
    change.removed.forEach((id) => void known.delete(id));
    this._knownSessions = known;
    this._onSessionsChanged.fire(change);
  }

  /** After a reconnect: what a listener has missed is the difference to all there is now. */
  private _sessionsReplaced(result: EventsSubscribe.Result): void {
    if (this._subscription.sessions !== true) {
      return;
    }
    const now = new Set(result.sessions.map((session) => session.id));
    const removed = [...this._knownSessions].filter((id) => !now.has(id));
    this._knownSessions = now;
    this._onSessionsChanged.fire({ changed: result.sessions, removed });
  }
}

const closed = (): HoldfastError =>
  new HoldfastError('DAEMON_UNAVAILABLE', 'the connection was closed', 'Connect again.');

import type { RequestType } from 'vscode-jsonrpc';
import {
  type Attachment,
  type AttachOptions,
  Connection,
  type ConnectOptions,
  readEndpoint,
} from '../daemon/client';
import { Emitter } from '../daemon/lifecycle/event';
import { Disposable, DisposableStore, type IDisposable, toDisposable } from '../daemon/lifecycle/lifecycle';
import { Sequence } from '../daemon/lifecycle/sequence';
import { HoldfastError, type WireError } from '../daemon/protocol/errors';
import type { SessionsChanged } from '../daemon/protocol/events';
import type { SessionId } from '../daemon/protocol/ids';
import type { SessionInfo, TerminalState } from '../daemon/protocol/model';
import { SessionList } from '../daemon/protocol/sessions';
import { EndpointWatch } from './endpointWatch';
import type { SessionSource } from './tree/treeModel';

/** `absent`: no daemon runs, so no program does; `failed`: one that runs cannot be used, and why was told. */
export type LinkState = 'absent' | 'connected' | 'failed';

/** A daemon that is replaced is back by then; after it, what it told of programs is no longer shown as true. */
const STALE_AFTER_MS = 5000;
/** What can still be true of a session when nobody can tell: its end is behind it. */
const LASTING: ReadonlySet<TerminalState> = new Set(['exited', 'lost']);

/**
 * This window's connection to the daemon, and what it knows of the sessions. As long as nobody asks for anything it
 * only listens to a daemon that runs, and waits for one that does not; the first call starts it.
 */
export class DaemonLink extends Disposable implements SessionSource {
  private readonly _onDidChangeSessions = this._register(new Emitter<void>());
  public readonly onDidChangeSessions = this._onDidChangeSessions.event;
  private readonly _onDidChangeState = this._register(new Emitter<LinkState>());
  public readonly onDidChangeState = this._onDidChangeState.event;

  private readonly _onDidConnect = this._register(new Emitter<void>());
  /** There is a connection, the first or another one. */
  public readonly onDidConnect = this._onDidConnect.event;

  private readonly _sessions = new Map<SessionId, SessionInfo>();
  private readonly _hidden = new Set<SessionId>();
  /** Listeners of the connection of the moment. */
  private readonly _listening = this._register(new DisposableStore());
  private _connection: Connection | undefined;
  /** Whether the connection may start a daemon; one that may not never carries an attachment. */
  private _mayStart = false;
  private readonly _openings = new Sequence();
  private _staleTimer: NodeJS.Timeout | undefined;
  private _state: LinkState = 'absent';

  public constructor(
    private readonly _options: ConnectOptions,
    private readonly _dataDir: string,
    private readonly _failed: (error: unknown) => void,
  ) {
    super();
    this._register(new EndpointWatch(_dataDir, () => void this.listen()));
  }

  public get state(): LinkState {
    return this._state;
  }

  /** Without those that are hidden and have ended. */
  public all(): readonly SessionInfo[] {
    return [...this._sessions.values()].filter(
      ({ id, state }) => state !== 'exited' || !this._hidden.has(id),
    );
  }

  /** Leaves ended sessions out, until that is disposed; one whose program is started again is there again. */
  public hide(ids: readonly SessionId[]): IDisposable {
    const change = (apply: (id: SessionId) => void): void => {
      ids.forEach(apply);
      this._onDidChangeSessions.fire();
    };
    change((id) => this._hidden.add(id));
    return toDisposable(() => change((id) => this._hidden.delete(id)));
  }

  public get(id: SessionId): SessionInfo | undefined {
    return this._sessions.get(id);
  }

  /** Connects to a daemon that runs; never starts one. */
  public listen(): Promise<void> {
    return this._openings.run(async () => {
      try {
        if (this._connection === undefined && readEndpoint(this._dataDir) !== undefined) {
          await this._open('never');
        }
      } catch (error) {
        this._couldNotListen(error);
      }
    });
  }

  /** Connects, starting the daemon if none runs. @throws HoldfastError */
  public async connect(): Promise<Connection> {
    await this._openings.run(async () => {
      if (this._connection === undefined || !this._mayStart) {
        await this._open('always');
      }
    });
    if (this._connection === undefined) {
      throw new HoldfastError('DAEMON_UNAVAILABLE', 'the window is closing', 'Try again in another window.');
    }
    return this._connection;
  }

  /** @throws HoldfastError */
  public async call<P, R>(type: RequestType<P, R, WireError>, params: P): Promise<R> {
    return (await this.connect()).call(type, params);
  }

  /** @throws HoldfastError */
  public async attach(options: AttachOptions): Promise<Attachment> {
    return (await this.connect()).attach(options);
  }

  /** Asks for the sessions anew, for who cannot wait for the next change. @throws HoldfastError */
  public async refresh(): Promise<void> {
    const { sessions } = await this.call(SessionList.type, { all: true });
    const now = new Set(sessions.map((session) => session.id));
    this._changed({ changed: sessions, removed: [...this._sessions.keys()].filter((id) => !now.has(id)) });
  }

  /** The same where a daemon serves; starts none, and leaves what is known as it is where none does. @throws HoldfastError */
  public async refreshIfServed(): Promise<void> {
    await this.listen();
    // `state` goes on for a while when a daemon has gone, because another one may come.
    if (this._connection?.state === 'connected') {
      await this.refresh();
    }
  }

  public override dispose(): void {
    super.dispose();
    clearTimeout(this._staleTimer);
    this._connection?.dispose();
    this._connection = undefined;
  }

  private async _open(start: 'always' | 'never'): Promise<void> {
    const connection = await Connection.open({ ...this._options, start });
    if (this._isDisposed) {
      connection.dispose();
      return;
    }
    this._listening.clear();
    this._connection?.dispose();
    this._connection = connection;
    this._mayStart = start === 'always';
    this._listening.add(connection.onSessionsChanged((change) => this._changed(change)));
    this._listening.add(
      connection.onDidChangeState((state) => this._connectionChanged(state === 'connected')),
    );
    const { sessions } = await connection.subscribe({ sessions: true });
    this._sessions.clear();
    this._changed({ changed: sessions, removed: [] });
    this._setState('connected');
    this._onDidConnect.fire();
  }

  private _couldNotListen(error: unknown): void {
    const { code } = HoldfastError.from(error);
    if (code !== 'DAEMON_UNAVAILABLE' && this._state !== 'failed') {
      this._setState('failed');
      this._failed(error);
    }
  }

  private _changed({ changed, removed }: SessionsChanged.Params): void {
    for (const session of changed) {
      this._sessions.set(session.id, session);
    }
    for (const id of removed) {
      this._sessions.delete(id);
    }
    this._onDidChangeSessions.fire();
  }

  private _connectionChanged(connected: boolean): void {
    clearTimeout(this._staleTimer);
    if (connected) {
      this._setState('connected');
      this._onDidConnect.fire();
      return;
    }
    this._staleTimer = setTimeout(() => {
      const stale = this.all().filter(({ state }) => !LASTING.has(state));
      this._changed({ changed: [], removed: stale.map(({ id }) => id) });
      this._setState('absent');
    }, STALE_AFTER_MS);
  }

  private _setState(state: LinkState): void {
    if (this._state !== state) {
      this._state = state;
      this._onDidChangeState.fire(state);
    }
  }
}

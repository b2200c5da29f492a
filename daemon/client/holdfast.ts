import type { Event } from '../lifecycle/event';
import type { SessionColor } from '../protocol/appearance';
import type { HoldfastEvent, SessionsChanged } from '../protocol/events';
import { SessionCreate, SessionList, SessionShow } from '../protocol/sessions';
import { Connection, type ConnectionState } from './connection';
import type { ConnectOptions } from './options';
import { type ProgramOptions, programSpec, Session } from './session';
import type { Terminal } from './terminal';

export interface HoldfastOptions extends ConnectOptions {
  /** `disconnect` ends the sessions this client has created and the terminals it has spawned in others. */
  readonly killOnDisconnect?: boolean;
}

export interface CreateSessionOptions extends ProgramOptions {
  /** The folder's name, numbered if taken, unless given. */
  readonly name?: string;
  /** The program of the terminal `main`; the user's login shell unless given. */
  readonly program?: string;
  readonly group?: string;
  readonly tags?: readonly string[];
  readonly note?: string;
  /** The id of one of VS Code's icons, such as `rocket`. */
  readonly icon?: string;
  /** A colour of the editor's theme, such as `terminal.ansiGreen`. */
  readonly color?: SessionColor;
  /** Ends a minute after its last viewer has left. */
  readonly ephemeral?: boolean;
  /** Milliseconds after which an ephemeral session ends by itself. */
  readonly ttlMs?: number;
  /** The session of that name when there is one, started again if it had ended. */
  readonly ensure?: boolean;
}

/** A connection to the daemon, for programs. It keeps the process alive until `disconnect`. */
export class Holdfast {
  /** Something happened to any session. */
  public readonly onEvent: Event<HoldfastEvent>;
  /** Sessions changed; at most ten times a second. After a reconnect, all of them. */
  public readonly onSessionsChanged: Event<SessionsChanged.Params>;
  public readonly onDidChangeState: Event<ConnectionState>;

  private readonly _created = new Set<Session>();
  private readonly _spawned = new Set<Terminal>();
  private _disconnecting: Promise<void> | undefined;

  private constructor(
    private readonly _connection: Connection,
    private readonly _options: HoldfastOptions,
  ) {
    this.onEvent = _connection.onEvent;
    this.onSessionsChanged = _connection.onSessionsChanged;
    this.onDidChangeState = _connection.onDidChangeState;
  }

  /** See `connect`. */
  public static async connect(options: HoldfastOptions): Promise<Holdfast> {
    const connection = await Connection.open(options);
    try {
      await connection.subscribe({ events: true, sessions: true });
    } catch (error) {
      connection.dispose();
      throw error;
    }
    return new Holdfast(connection, options);
  }

  public get state(): ConnectionState {
    return this._connection.state;
  }

  /** The connection below: every call of the protocol, and attachments for emulators. */
  public get connection(): Connection {
    return this._connection;
  }

  /**
   * Creates a session with its terminal `main`.
   * @throws HoldfastError INVALID_INPUT, INVALID_NAME, SESSION_EXISTS, CWD_NOT_FOUND, SPAWN_FAILED, SESSION_LIMIT
   */
  public async createSession(options: CreateSessionOptions = {}): Promise<Session> {
    const { name, group, tags, note, icon, color, ephemeral, ttlMs, ensure } = options;
    const { session, created } = await this._connection.call(SessionCreate.type, {
      ...programSpec(options.program, options, process.cwd()),
      ...(name === undefined ? {} : { name }),
      ...(group === undefined ? {} : { group }),
      ...(tags === undefined ? {} : { tags }),
      ...(note === undefined ? {} : { note }),
      ...(icon === undefined ? {} : { icon }),
      ...(color === undefined ? {} : { color }),
      ...(ephemeral === undefined ? {} : { ephemeral }),
      ...(ttlMs === undefined ? {} : { ttlMs }),
      ...(ensure === undefined ? {} : { ensure }),
    });
    const handle = this._handle(session);
    if (created) {
      this._created.add(handle);
    }
    return handle;
  }

  /** An existing session, by its id, a unique beginning of it, or its name. @throws HoldfastError SESSION_NOT_FOUND */
  public async session(idOrName: string): Promise<Session> {
    const result = await this._connection.call(SessionShow.type, {
      target: { text: idOrName.replace(/:.*$/s, '') },
    });
    if (result.session === undefined) {
      throw new TypeError('the daemon answered with a terminal where a session was asked for');
    }
    return this._handle(result.session);
  }

  /** The sessions that are running, lost or unreachable; with `all` also ended ones. */
  public async sessions(filter: SessionList.Params = {}): Promise<readonly Session[]> {
    const { sessions } = await this._connection.call(SessionList.type, filter);
    return sessions.map((info) => this._handle(info));
  }

  /** Closes the connection and everything attached through it. Ends no program unless opened so. Twice is no error. */
  public disconnect(): Promise<void> {
    this._disconnecting ??= this._disconnect();
    return this._disconnecting;
  }

  private async _disconnect(): Promise<void> {
    try {
      if (this._options.killOnDisconnect === true) {
        await Promise.all([...this._spawned, ...this._created].map((mine) => mine.kill()));
      }
    } finally {
      this._connection.dispose();
    }
  }

  private _handle(info: ConstructorParameters<typeof Session>[1]): Session {
    return new Session(this._connection, info, (terminal) => void this._spawned.add(terminal));
  }
}

/**
 * Connects to this user's daemon, and starts it where none runs.
 * @throws HoldfastError DAEMON_UNAVAILABLE, PROTOCOL_MISMATCH, AUTH_FAILED
 */
export const connect = (options: HoldfastOptions = {}): Promise<Holdfast> => Holdfast.connect(options);

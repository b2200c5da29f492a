import type { Socket } from 'node:net';
import { Emitter } from '../lifecycle/event';
import { Disposable, type IDisposable, toDisposable } from '../lifecycle/lifecycle';
import { HoldfastError, isWireError, MAY_HAVE_HAPPENED, type WireError } from '../protocol/errors';
import { MAX_CALL_BYTES, MAX_MESSAGE_BYTES, RPC_APPLICATION_ERROR } from '../protocol/message';
import { readDirectly } from './directSocket';
import {
  type CancellationToken,
  CancellationTokenSource,
  ConnectionError,
  createMessageConnection,
  ErrorCodes,
  type Message,
  type MessageConnection,
  type NotificationType,
  type RequestType,
  ResponseError,
} from './jsonRpc';
import { SocketMessageReader, SocketMessageWriter } from './socketMessages';

/** What the other side may ask of this one, which serves it. */
export interface RpcLimits {
  /** Calls that are not answered yet; more are refused with LIMIT_REACHED. */
  readonly calls: number;
  /** Answers that it has not taken; it is not read from until it has. */
  readonly unreadBytes: number;
}

/** For who serves those alone that it trusts not to ask for too much at once. */
export const TRUSTED: RpcLimits = {
  calls: Number.POSITIVE_INFINITY,
  unreadBytes: Number.POSITIVE_INFINITY,
};

/** A peer that does not take its refusal in this time is cut off. */
const FAREWELL_MS = 1000;

export interface CallOptions {
  /** Rejects with TIMEOUT, and cancels the call on the other side. */
  readonly timeoutMs?: number;
  /** It is not made again by itself when the connection breaks. */
  readonly isOnce?: boolean;
}

/**
 * JSON-RPC 2.0 over a greeted socket, in both directions. Errors are HoldfastErrors on both sides. Owns the
 * socket: disposing closes it, and its end disposes this.
 */
export class RpcPeer extends Disposable {
  private readonly _onClose = this._register(new Emitter<void>());
  /** Fires once, when the other side has left or the connection broke. */
  public readonly onClose = this._onClose.event;

  private readonly _connection: MessageConnection;
  private readonly _limits: RpcLimits;
  private readonly _reader: SocketMessageReader;
  private readonly _writer: SocketMessageWriter;
  private readonly _pending = new Set<(error: HoldfastError) => void>();
  private _closed = false;
  private _calls = 0;

  /** @param serving for the side that serves: its calls are bounded, its answers may be long */
  public constructor(
    private _socket: Socket,
    serving?: RpcLimits,
  ) {
    super();
    this._limits = serving ?? TRUSTED;
    const [taken, sent] =
      serving === undefined ? [MAX_MESSAGE_BYTES, MAX_CALL_BYTES] : [MAX_CALL_BYTES, MAX_MESSAGE_BYTES];
    this._reader = new SocketMessageReader(taken);
    this._writer = new SocketMessageWriter(_socket, sent);
    this._connection = createMessageConnection(this._reader, this._writer);
    this._connection.onError(([error]) => this._refuse(error));
    this._register(toDisposable(() => this._connection.dispose()));
    this._register(toDisposable(() => this._socket.destroy()));
    _socket.once('close', () => this._close());
  }

  /** Bytes accepted for this peer and not yet taken by the system: how far it is behind. */
  public get backlogBytes(): number {
    return this._socket.writableLength;
  }

  public get isClosed(): boolean {
    return this._closed;
  }

  /** Starts to read; register handlers first. */
  public listen(): void {
    this._connection.listen();
    this._socket = readDirectly(this._socket, (bytes) => this._reader.push(bytes));
    this._writer.goOnWith(this._socket);
    this._socket.resume();
  }

  /**
   * @throws HoldfastError what the other side answered with, DAEMON_UNAVAILABLE when it leaves (with MAY_HAVE_HAPPENED
   * where the call was sent), TIMEOUT
   */
  public call<P, R>(type: RequestType<P, R, WireError>, params: P, options: CallOptions = {}): Promise<R> {
    if (this._closed) {
      return Promise.reject(gone());
    }
    return new Promise<R>((resolve, reject) => {
      const cancellation = options.timeoutMs === undefined ? undefined : new CancellationTokenSource();
      let timer: NodeJS.Timeout | undefined;
      const settle = (): void => {
        clearTimeout(timer);
        this._pending.delete(fail);
        cancellation?.dispose();
      };
      const fail = (error: HoldfastError): void => {
        settle();
        reject(error);
      };
      this._pending.add(fail);
      if (options.timeoutMs !== undefined) {
        timer = setTimeout(() => {
          cancellation?.cancel();
          fail(
            new HoldfastError(
              'TIMEOUT',
              `${type.method} took longer than ${options.timeoutMs} ms`,
              'Try again.',
            ),
          );
        }, options.timeoutMs);
      }
      // A connection that knows of its end throws at once, not as the promise's outcome.
      const send = async (): Promise<R> =>
        this._connection.sendRequest<R>(
          type.method,
          params,
          ...(cancellation === undefined ? [] : [cancellation.token]),
        );
      send().then(
        (result) => {
          settle();
          resolve(result);
        },
        (error: unknown) => fail(this._writer.takeRefusal() ?? toHoldfastError(error)),
      );
    });
  }

  public handle<P, R>(
    type: RequestType<P, R, WireError>,
    handler: (params: P, onCancel: (listener: () => void) => IDisposable) => R | Promise<R>,
  ): IDisposable {
    return this._connection.onRequest(type.method, async (params: P, token: CancellationToken) => {
      // Also of those whose caller has left.
      const onCancel = (listener: () => void): IDisposable => {
        const subscriptions = [token.onCancellationRequested(listener), this._onClose.event(listener)];
        return toDisposable(() => {
          for (const each of subscriptions) {
            each.dispose();
          }
        });
      };
      this._waitForReader();
      this._calls += 1;
      try {
        if (this._calls > this._limits.calls) {
          throw tooManyCalls(this._limits.calls);
        }
        return await handler(params, onCancel);
      } catch (error) {
        const known = HoldfastError.from(error);
        return new ResponseError<WireError>(RPC_APPLICATION_ERROR, known.message, known.toWire());
      } finally {
        this._calls -= 1;
      }
    });
  }

  public notify<P>(type: NotificationType<P>, params: P): void {
    if (!this._closed) {
      // A notification that can't be sent any more has nobody to miss it.
      this._connection.sendNotification(type.method, params).catch(() => undefined);
    }
  }

  public onNotification<P>(type: NotificationType<P>, handler: (params: P) => void): IDisposable {
    return this._connection.onNotification(type.method, handler);
  }

  /** Sends what is queued, then closes. */
  public end(): void {
    this._socket.end();
  }

  /** Who asks and asks and does not read is asked to read first, by not being read. */
  private _waitForReader(): void {
    const socket = this._socket;
    if (socket.writableLength > this._limits.unreadBytes && !socket.isPaused()) {
      socket.pause();
      socket.once('drain', () => socket.resume());
    }
  }

  /** What follows a message that was refused can't be told apart any more: says so, and leaves. */
  private _refuse(error: Error): void {
    const socket = this._socket;
    const known = error instanceof HoldfastError ? error : noMessage;
    const refusal = { code: RPC_APPLICATION_ERROR, message: known.message, data: known.toWire() };
    // Whose answer it is can't be known; one that can't be sent has nobody to miss it.
    this._writer.write({ jsonrpc: '2.0', id: null, error: refusal } as Message).catch(() => undefined);
    socket.end();
    const timer = setTimeout(() => socket.destroy(), FAREWELL_MS);
    socket.once('close', () => clearTimeout(timer));
  }

  private _close(): void {
    if (this._closed) {
      return;
    }
    this._closed = true;
    for (const fail of [...this._pending]) {
      fail(unanswered());
    }
    this._onClose.fire();
    this.dispose();
  }

  public override dispose(): void {
    if (!this._closed) {
      this._close();
      return;
    }
    super.dispose();
  }
}

/** What vscode-jsonrpc makes of a socket that takes nothing any more, as between its `end` and its `close`. */
const UNSENT: ReadonlySet<number> = new Set([ErrorCodes.MessageWriteError, ErrorCodes.ConnectionInactive]);

const noMessage = new HoldfastError(
  'INVALID_INPUT',
  'refused what is no message',
  'Send JSON-RPC 2.0, framed as over a stream.',
);

const tooManyCalls = (most: number): HoldfastError =>
  new HoldfastError(
    'LIMIT_REACHED',
    `${most} calls of this connection are waiting for their answers already`,
    'Wait for answers before you call again.',
    { limit: most },
  );

const gone = (): HoldfastError =>
  new HoldfastError('DAEMON_UNAVAILABLE', 'the connection to the other side has ended', 'Connect again.');

/** The call is on its way, and the answer is lost or was never made. */
const unanswered = (): HoldfastError =>
  new HoldfastError(
    'DAEMON_UNAVAILABLE',
    'the connection to the other side has ended before the answer: what was asked for may have been done',
    'Look whether it was done before you ask for it again.',
    MAY_HAVE_HAPPENED,
  );

const toHoldfastError = (error: unknown): HoldfastError => {
  if (error instanceof ConnectionError) {
    // The stream's end is known before the socket's.
    return gone();
  }
  if (error instanceof ResponseError) {
    if (isWireError(error.data)) {
      return HoldfastError.fromWire(error.data);
    }
    if (UNSENT.has(error.code)) {
      return gone();
    }
    if (error.code === ErrorCodes.PendingResponseRejected) {
      return unanswered();
    }
  }
  return HoldfastError.from(error);
};

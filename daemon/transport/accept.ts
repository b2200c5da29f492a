import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { Disposable, toDisposable } from '../lifecycle/lifecycle';
import { fileIdentity } from '../platform/fileIdentity';
import { ownIdentity } from '../platform/processIdentity';
import { sameSecret } from '../platform/sameSecret';
import { checkSocketPath } from '../platform/socketPath';
import { HoldfastError } from '../protocol/errors';
import {
  decodeHello,
  encodeHello,
  HELLO_TIMEOUT_MS,
  type Hello,
  negotiate,
  PROTOCOL,
} from '../protocol/hello';
import type { ViewerId } from '../protocol/ids';
import { readHelloLine } from './helloLine';

/** A peer that has proved to be the same user; its socket is paused behind the hello. */
export interface AcceptedPeer {
  readonly socket: Socket;
  readonly hello: Hello;
  readonly protocol: number;
}

/** What a ticket has become; `start` gets the socket once the welcome is sent. */
export interface AcceptedStream {
  readonly viewer: ViewerId;
  start(socket: Socket): void;
}

export interface ServerOptions {
  readonly path: string;
  readonly token: string;
  /** Opens streams, with a ticket, and nothing else: what viewers are told. `token` opens them too. */
  readonly streamToken?: string;
  readonly version: string;
  /** Whether `onControl` holds connections to the capabilities they asked for. */
  readonly enforcesCapabilities?: boolean;
  /** How many greeted connections there may be at once; MAX_CONNECTIONS unless given. */
  readonly maxConnections?: number;
  /** What this side speaks; PROTOCOL unless given. */
  readonly protocol?: Hello['protocol'];
  onControl(peer: AcceptedPeer): void;
  /** Called before the welcome is sent; a HoldfastError it throws is sent as the refusal. */
  onStream?(hello: Hello): AcceptedStream;
}

/** Connections that have not said hello yet; more are refused, so that nobody can exhaust descriptors. */
export const MAX_UNGREETED = 128;
/** A view and a stream for each of 2000 terminals, and as many again; each costs one descriptor and some kB. */
export const MAX_CONNECTIONS = 8192;

/** Listens on a Unix socket or a named pipe, and greets before anything else is parsed. */
export class HelloServer extends Disposable {
  private readonly _sockets = new Set<Socket>();
  /** Of a named pipe nothing: it lives as long as its process, and nobody can take its name. */
  private readonly _bound: string | undefined;
  private _ungreeted = 0;
  private _greeted = 0;

  private constructor(
    private readonly _options: ServerOptions,
    server: Server,
  ) {
    super();
    this._bound = process.platform === 'win32' ? undefined : fileIdentity(_options.path);
    server.on('connection', (socket) => this._accept(socket));
    this._register(
      toDisposable(() => {
        server.close();
        for (const socket of this._sockets) {
          socket.destroy();
        }
      }),
    );
  }

  public get path(): string {
    return this._options.path;
  }

  /**
   * Whether its path still leads here: the socket may have been removed, moved away, or replaced by another.
   * @throws the system's error where the folder can't be looked into
   */
  public get isReachable(): boolean {
    return (
      process.platform === 'win32' ||
      (this._bound !== undefined && fileIdentity(this._options.path) === this._bound)
    );
  }

  /** @throws HoldfastError INVALID_INPUT for a path that is too long; what listen(2) fails with */
  public static async listen(options: ServerOptions): Promise<HelloServer> {
    checkSocketPath(options.path);
    const server = createServer({ pauseOnConnect: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      // The socket is born private: the folder is 0700, and the mask covers the moment before chmod.
      const mask = process.platform === 'win32' ? undefined : process.umask(0o077);
      server.listen(options.path, () => {
        server.off('error', reject);
        resolve();
      });
      if (mask !== undefined) {
        process.umask(mask);
      }
    });
    if (process.platform !== 'win32') {
      chmodSync(options.path, 0o600);
    }
    return new HelloServer(options, server);
  }

  private _accept(socket: Socket): void {
    // Errors end in 'close', where whoever owns the socket by then cleans up.
    socket.on('error', () => undefined);
    if (this._ungreeted >= MAX_UNGREETED) {
      // What was written can be read although this side is gone.
      socket.end(encodeHello({ ok: false, error: tooManyUngreeted.toWire() }), () => socket.destroy());
      return;
    }
    this._ungreeted += 1;
    this._sockets.add(socket);
    socket.on('close', () => this._sockets.delete(socket));
    socket.setNoDelay(true);
    void this._greet(socket).finally(() => {
      this._ungreeted -= 1;
    });
  }

  private async _greet(socket: Socket): Promise<void> {
    try {
      const hello = decodeHello(await readHelloLine(socket, HELLO_TIMEOUT_MS), (token, opens) =>
        this._isRight(token, opens),
      );
      const { maxConnections = MAX_CONNECTIONS, enforcesCapabilities = false } = this._options;
      if (hello.capabilities !== undefined && !enforcesCapabilities) {
        throw new HoldfastError(
          'NOT_PERMITTED',
          'what a connection may do is not limited here',
          "Connect to the daemon's socket.",
        );
      }
      if (this._greeted >= maxConnections) {
        throw tooMany(maxConnections);
      }
      this._greeted += 1;
      socket.once('close', () => {
        this._greeted -= 1;
      });
      const ours = this._options.protocol ?? PROTOCOL;
      const protocol = negotiate(hello.protocol, ours);
      if (protocol === undefined) {
        throw new HoldfastError(
          'PROTOCOL_MISMATCH',
          `this side speaks protocol ${ours.min} to ${ours.max}, the other ${hello.protocol.min} to ${hello.protocol.max}`,
          "Run 'holdfast daemon restart' with the newest version that is installed; programs go on running.",
        );
      }
      const stream = hello.ticket === undefined ? undefined : this._stream(hello);
      socket.write(
        encodeHello({
          ok: true,
          protocol,
          version: this._options.version,
          pid: ownIdentity().pid,
          ...(stream === undefined ? {} : { viewer: stream.viewer }),
          ...(hello.capabilities === undefined ? {} : { capabilities: hello.capabilities }),
        }),
      );
      if (stream !== undefined) {
        stream.start(socket);
      } else {
        this._options.onControl({ socket, hello, protocol });
      }
    } catch (error) {
      socket.end(encodeHello({ ok: false, error: HoldfastError.from(error).toWire() }));
      // A peer that never reads its refusal must not hold the descriptor.
      socket.setTimeout(HELLO_TIMEOUT_MS, () => socket.destroy());
    }
  }

  /** Compares with all there are, so that the time it takes tells nothing. */
  private _isRight(token: string, opens: 'control' | 'stream'): boolean {
    const { token: ours, streamToken = ours } = this._options;
    const isOurs = sameSecret(token, ours);
    const isStreams = sameSecret(token, streamToken);
    return isOurs || (opens === 'stream' && isStreams);
  }

  private _stream(hello: Hello): AcceptedStream {
    if (this._options.onStream === undefined) {
      throw new HoldfastError(
        'AUTH_FAILED',
        'streams are not served here',
        'Use the address that attach returned.',
      );
    }
    return this._options.onStream(hello);
  }
}

const tooMany = (most: number): HoldfastError =>
  new HoldfastError(
    'LIMIT_REACHED',
    `there are ${most} connections already`,
    'Close some: programs that connect again and again should keep one connection.',
    { limit: most },
  );

/** Clients take it for a daemon that is busy, and try again soon. */
const tooManyUngreeted = new HoldfastError(
  'DAEMON_UNAVAILABLE',
  `${MAX_UNGREETED} connections are being made already`,
  'Try again.',
);

export const listen = (options: ServerOptions): Promise<HelloServer> => HelloServer.listen(options);

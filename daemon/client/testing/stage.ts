import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestType } from 'vscode-jsonrpc';
import { Emitter } from '../../lifecycle/event';
import type { DisposableStore } from '../../lifecycle/lifecycle';
import { newSocketPath } from '../../platform/socketPath';
import { HoldfastError, type WireError } from '../../protocol/errors';
import type { SessionsChanged } from '../../protocol/events';
import { encodeFrame, type Frame, FrameDecoder } from '../../protocol/frames';
import {
  type Offset,
  offset,
  type SessionId,
  type TerminalId,
  type Ticket,
  type ViewerId,
} from '../../protocol/ids';
import type { TerminalInfo } from '../../protocol/model';
import type { TerminalAttach, TerminalRefresh, TerminalStreamReady } from '../../protocol/terminals';
import { listen } from '../../transport/accept';
import type { AttachHost } from '../openStream';

export const SIZE = { cols: 80, rows: 24 };
export const TERMINAL: TerminalInfo = {
  id: 'terminal' as TerminalId,
  name: 'main',
  command: ['bash'],
  pid: 1,
  state: 'running',
  exitCode: null,
  signal: null,
  createdAt: 0,
  exitedAt: null,
  ...SIZE,
  cwd: '/',
  title: '',
  foreground: null,
  idleMs: 0,
  viewers: 0,
  integration: 'none',
};

export const until = async (what: string, condition: () => boolean): Promise<void> => {
  for (const deadline = Date.now() + 5000; !condition(); await sleep(2)) {
    assert.ok(Date.now() < deadline, what);
  }
};

/** A daemon's answers, and real streams that say what a test wants said; records what the viewer says. */
export class Stage implements AttachHost {
  public readonly calls: string[] = [];
  public readonly heard: Frame[] = [];
  public attach: Partial<TerminalAttach.Result> = {};
  public refresh: () => Pick<TerminalRefresh.Result, 'offset' | 'head' | 'snapshot'> = () => {
    throw new HoldfastError('DAEMON_UNAVAILABLE', 'away', 'Wait.');
  };
  public failing: HoldfastError | undefined;
  /** Where the stream begins, told before the screen is there, which is when `before` has resolved. */
  public told: { readonly from: Offset; readonly before: () => Promise<void> } | undefined;
  private readonly _streamReady = new Emitter<TerminalStreamReady.Params>();
  private readonly _sockets: Socket[] = [];
  private _address = { socket: '', token: 'secret' };

  public async open(folder: string, store: DisposableStore): Promise<void> {
    const server = await listen({
      path: newSocketPath(folder, 's-'),
      token: 'secret',
      version: '1',
      onControl: ({ socket }) => void socket.destroy(),
      onStream: () => ({
        viewer: `v${this._sockets.length}` as ViewerId,
        start: (socket) => {
          const decoder = new FrameDecoder();
          socket.on('data', (data: Buffer) => void this.heard.push(...decoder.push(data)));
          socket.resume();
          this._sockets.push(socket);
        },
      }),
    });
    store.add(server);
    this._address = { ...this._address, socket: server.path };
  }

  /** Those that were opened. */
  public get streams(): number {
    return this._sockets.length;
  }

  /** Those whose viewer has not left. */
  public get openStreams(): number {
    return this._sockets.filter((socket) => !socket.readableEnded && !socket.destroyed).length;
  }

  public say(...frames: readonly Frame[]): void {
    this._sockets.at(-1)?.write(Buffer.concat(frames.map(encodeFrame)));
  }

  public output(at: number, text: string): void {
    this.say({ kind: 'output', offset: offset(at), data: Buffer.from(text) });
  }

  public cut(): void {
    this._sockets.at(-1)?.destroy();
  }

  public heardKinds(): string[] {
    return this.heard.map((frame) => (frame.kind === 'seek' ? `seek ${frame.offset}` : frame.kind));
  }

  public readonly sessionsChanged = new Emitter<SessionsChanged.Params>();
  public readonly onSessionsChanged = this.sessionsChanged.event;
  public readonly onStreamReady = this._streamReady.event;
  public readonly client = { kind: 'test', version: '0', pid: process.pid } as const;

  public async call<P, R>(type: RequestType<P, R, WireError>, params: P): Promise<R> {
    this.calls.push(type.method);
    const { early } = params as Partial<TerminalAttach.Params>;
    if (early !== undefined && this.told !== undefined) {
      const { before, from } = this.told;
      this._streamReady.fire({ early, stream: { ...this._address, ticket: 'ticket' as Ticket, from } });
      await before();
    }
    return this._answer(type.method) as R;
  }

  private _answer(method: string): unknown {
    if (this.failing !== undefined) {
      throw this.failing;
    }
    if (method === 'terminal/refresh') {
      return { continuation: '', size: SIZE, ...this.refresh() };
    }
    return {
      session: 'session' as SessionId,
      sessionName: 'name',
      terminal: TERMINAL,
      snapshot: 'S',
      continuation: '',
      offset: offset(100),
      size: SIZE,
      stream: {
        ...this._address,
        ticket: 'ticket' as Ticket,
        ...(this.told === undefined ? {} : { from: this.told.from }),
      },
      ...this.attach,
    } satisfies TerminalAttach.Result;
  }
}

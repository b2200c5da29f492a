import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { IDisposable } from '../../../daemon/lifecycle/lifecycle';
import type { Size } from '../../../daemon/protocol/model';

const SCRIPT = join(__dirname, 'replay.mjs');
const LOOK_EVERY_MS = 10;
const START_TIMEOUT_MS = 60_000;

/** Writes a recording through a program in a terminal, as far as it is told to. */
export class Player implements IDisposable {
  /** What the program has read from its terminal, a character a byte. */
  public typed = '';
  /** The size of its terminal, as the program sees it. */
  private _size: string | undefined;
  private readonly _server: Server;
  private readonly _socket: Promise<Socket>;
  private _peer: Socket | undefined;
  private _pending: Buffer = Buffer.alloc(0);
  private _onWritten: (() => void) | undefined;

  public constructor(private readonly _path: string) {
    let timer: NodeJS.Timeout | undefined;
    this._server = createServer();
    this._socket = new Promise<Socket>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error('the replaying program has not started')), START_TIMEOUT_MS);
      this._server.once('connection', (socket) => {
        clearTimeout(timer);
        this._peer = socket;
        socket.on('error', () => undefined);
        socket.on('data', (chunk: Buffer) => this._receive(chunk));
        resolve(socket);
      });
      this._server.once('close', () => clearTimeout(timer));
    });
    // Whoever waits for it is told; nobody may have yet.
    this._socket.catch(() => undefined);
    this._server.listen(_path);
  }

  /** What to start in the terminal: raw, so that output is not changed on its way. */
  public get command(): readonly string[] {
    return ['/bin/sh', '-c', 'stty raw -echo; exec "$@"', 'replay', process.execPath, SCRIPT, this._path];
  }

  public async start(): Promise<void> {
    await this._socket;
  }

  /** Resolves when the program has written the bytes to its terminal. */
  public async write(bytes: Buffer): Promise<void> {
    const socket = await this._socket;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    await new Promise<void>((resolve, reject) => {
      const onClose = (): void => reject(new Error('the replaying program has ended'));
      socket.once('close', onClose);
      this._onWritten = () => {
        socket.off('close', onClose);
        resolve();
      };
      socket.write(Buffer.concat([length, bytes]));
    });
  }

  /** Waits until the program has read this, or for so long. @returns what it has read */
  public async reads(wanted: string, withinMs: number): Promise<string> {
    const deadline = Date.now() + withinMs;
    // A multiplexer reports the focus when it likes.
    const typed = (): string => this.typed.replace(/\x1b\[[IO]/g, '');
    while (typed() !== wanted && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    return typed();
  }

  /** Waits until the program's terminal has a size. @returns whether it has got it */
  public async hasSize({ cols, rows }: Size, withinMs: number): Promise<boolean> {
    const deadline = Date.now() + withinMs;
    while (this._size !== `${cols}x${rows}` && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    return this._size === `${cols}x${rows}`;
  }

  public dispose(): void {
    this._peer?.destroy();
    this._server.close();
  }

  private _receive(chunk: Buffer): void {
    this._pending = Buffer.concat([this._pending, chunk]);
    while (this._pending.length >= 4 && this._pending.length >= 4 + this._pending.readUInt32BE(0)) {
      const end = 4 + this._pending.readUInt32BE(0);
      const kind = this._pending.toString('latin1', 4, 5);
      const text = this._pending.toString('latin1', 5, end);
      if (kind === 't') {
        this.typed += text;
      } else if (kind === 's') {
        this._size = text;
      } else {
        this._onWritten?.();
      }
      this._pending = this._pending.subarray(end);
    }
  }
}

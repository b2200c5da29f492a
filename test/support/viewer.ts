import type { Socket } from 'node:net';
import { encodeFrame, type Frame, FrameDecoder } from '../../daemon/protocol/frames';
import { type Offset, offset, type ViewerId } from '../../daemon/protocol/ids';
import type { StreamAddress } from '../../daemon/protocol/terminals';
import { dial } from '../../daemon/transport/dial';
import { poll } from './poll';

/** The barest viewer there can be: it opens a stream, acknowledges what comes, and keeps it. */
export class Viewer {
  public readonly frames: Frame[] = [];
  public isClosed = false;
  private _head: Offset = offset(0);

  private constructor(
    private readonly _socket: Socket,
    public readonly id: ViewerId,
  ) {
    const decoder = new FrameDecoder();
    _socket.on('data', (chunk) => {
      for (const frame of decoder.push(chunk)) {
        this.frames.push(frame);
        if (frame.kind === 'output') {
          this._head = offset(frame.offset + frame.data.length);
          this.send({ kind: 'ack', offset: this._head });
        }
      }
    });
    _socket.on('close', () => {
      this.isClosed = true;
    });
    _socket.resume();
  }

  public static async open({ socket: path, token, ticket }: StreamAddress): Promise<Viewer> {
    const { socket, welcome } = await dial(
      { socket: path, token },
      { kind: 'test', version: '0', pid: process.pid },
      { ticket },
    );
    return new Viewer(socket, welcome.viewer ?? ('' as ViewerId));
  }

  /** Everything the program wrote since the stream began. */
  public get output(): string {
    return Buffer.concat(
      this.frames.flatMap((frame) => (frame.kind === 'output' ? [frame.data] : [])),
    ).toString();
  }

  public send(frame: Frame): void {
    if (!this._socket.destroyed) {
      this._socket.write(encodeFrame(frame));
    }
  }

  public type(text: string): void {
    this.send({ kind: 'input', data: Buffer.from(text) });
  }

  public until(text: string): Promise<unknown> {
    return poll(() => this.output.includes(text), { what: `'${text}' in the stream` }).catch(
      (error: unknown) => {
        throw new Error(`${String(error)}\n${this.output}`);
      },
    );
  }

  public close(): void {
    this._socket.destroy();
  }
}

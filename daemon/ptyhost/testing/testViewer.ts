import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { encodeFrame, type Frame, FrameDecoder } from '../../protocol/frames';
import { type Offset, offset, type ViewerId } from '../../protocol/ids';
import { until } from './poll';

export type FrameOf<Kind extends Frame['kind']> = Extract<Frame, { readonly kind: Kind }>;

/** The other end of a stream: keeps all frames, and checks that output comes without holes. */
export class TestViewer {
  public readonly frames: Frame[] = [];
  /** What was written since the beginning, or since the last SEEK or GAP. */
  public output: Buffer[] = [];
  public next: Offset | undefined;
  public isClosed = false;
  private readonly _decoder = new FrameDecoder();

  public constructor(
    public readonly socket: Socket,
    public readonly id: ViewerId | undefined,
    private readonly _acks: boolean,
  ) {
    socket.on('data', (data) => this._received(data));
    socket.on('close', () => {
      this.isClosed = true;
    });
    socket.resume();
  }

  public get text(): string {
    return Buffer.concat(this.output).toString();
  }

  public send(frame: Frame): void {
    this.socket.write(encodeFrame(frame));
  }

  public type(text: string): void {
    this.send({ kind: 'input', data: Buffer.from(text) });
  }

  public seek(to: number): void {
    this.output = [];
    this.next = undefined;
    this.send({ kind: 'seek', offset: offset(to) });
  }

  /** The first frame of a kind, now or later. */
  public frame<Kind extends Frame['kind']>(kind: Kind): Promise<FrameOf<Kind>> {
    return until(`a ${kind} frame`, () => this.all(kind)[0]);
  }

  public all<Kind extends Frame['kind']>(kind: Kind): FrameOf<Kind>[] {
    return this.frames.filter((frame): frame is FrameOf<Kind> => frame.kind === kind);
  }

  public shows(text: string): Promise<true> {
    return until(`output with ${JSON.stringify(text)}`, () => this.text.includes(text) || undefined);
  }

  public close(): void {
    this.socket.destroy();
  }

  private _received(data: Buffer): void {
    for (const frame of this._decoder.push(data)) {
      if (frame.kind === 'output') {
        assert.equal(frame.offset, this.next ?? frame.offset, 'output with a hole');
        this.next = (frame.offset + frame.data.length) as Offset;
        this.output.push(Buffer.from(frame.data));
        if (this._acks) {
          this.send({ kind: 'ack', offset: this.next });
        }
        continue;
      }
      if (frame.kind === 'gap') {
        this.next = frame.offset;
        this.output = [];
      }
      this.frames.push(frame);
    }
  }
}

import type { Socket } from 'node:net';
import { encodeFrame, type Frame, FrameDecoder, FrameKind, readOffset } from '../protocol/frames';
import type { Hello } from '../protocol/hello';
import type { ViewerId } from '../protocol/ids';
import type { StreamAddress } from '../protocol/terminals';
import { dial } from '../transport/dial';
import { DirectWriter, readDirectly } from '../transport/directSocket';

/** A paste is sent in pieces of this size, so that no frame comes near MAX_FRAME_BYTES. */
const MAX_INPUT_FRAME = 256 * 1024;
/** A PTY host that does not close by then is not waited for. */
const FAREWELL_MS = 1000;
/** The body of OUTPUT begins with its offset. */
const OFFSET_BYTES = 8;

/** One opened stream: frames in both directions. It owns its socket. */
export class StreamLink {
  private readonly _decoder = new FrameDecoder();
  private _direct: DirectWriter;
  private _closed = false;
  private _onFrame: ((frame: Frame) => void) | undefined;
  private _onClose: (() => void) | undefined;

  private constructor(
    private _socket: Socket,
    public readonly viewer: ViewerId | undefined,
  ) {
    this._direct = new DirectWriter(_socket);
    _socket.once('close', () => {
      this._closed = true;
      this._onClose?.();
    });
  }

  /** Uses the ticket up. @throws HoldfastError DAEMON_UNAVAILABLE, AUTH_FAILED */
  public static async open(address: StreamAddress, client: Hello['client']): Promise<StreamLink> {
    const { socket, welcome } = await dial(address, client, { ticket: address.ticket });
    return new StreamLink(socket, welcome.viewer);
  }

  /** Starts to read; until then nothing is taken from the socket. `onClose` comes once, also when it is closed already. */
  public start(onFrame: (frame: Frame) => void, onClose: () => void): void {
    if (this._closed) {
      queueMicrotask(onClose);
      return;
    }
    this._onFrame = onFrame;
    this._onClose = onClose;
    this._socket = readDirectly(this._socket, (bytes) => this._received(bytes));
    this._direct = new DirectWriter(this._socket);
    this._socket.resume();
  }

  public send(frame: Frame): boolean {
    if (this._closed || !this._socket.writable) {
      return false;
    }
    const bytes = encodeFrame(frame);
    const taken = this._direct.write(bytes);
    if (taken < bytes.length) {
      this._socket.write(bytes.subarray(taken));
    }
    return true;
  }

  public sendInput(data: Buffer): boolean {
    if (data.length <= MAX_INPUT_FRAME) {
      return data.length === 0 || this.send({ kind: 'input', data });
    }
    for (let at = 0; at < data.length; at += MAX_INPUT_FRAME) {
      if (!this.send({ kind: 'input', data: data.subarray(at, at + MAX_INPUT_FRAME) })) {
        return false;
      }
    }
    return true;
  }

  /**
   * Leaves once what was sent has been taken; nothing is reported any more. Our side ends first and the other
   * side closes: a socket that is gone while output is on its way makes the PTY host drop it with our last input
   * unread.
   */
  public close(): void {
    this._onFrame = undefined;
    this._onClose = undefined;
    if (this._closed) {
      return;
    }
    this._socket.resume();
    this._socket.end();
    const timer = setTimeout(() => this._socket.destroy(), FAREWELL_MS);
    this._socket.once('close', () => clearTimeout(timer));
  }

  private _received(bytes: Buffer): void {
    const output = this._decoder.only(bytes, FrameKind.OUTPUT);
    if (output !== undefined && output.length >= OFFSET_BYTES) {
      // Whoever gets output may keep it.
      const data = Buffer.from(output.subarray(OFFSET_BYTES));
      this._onFrame?.({ kind: 'output', offset: readOffset(output), data });
      return;
    }
    try {
      this._decoder.read(bytes, (frame) =>
        this._onFrame?.(frame.kind === 'output' ? { ...frame, data: Buffer.from(frame.data) } : frame),
      );
    } catch (error) {
      if (!(error instanceof RangeError)) {
        throw error;
      }
      // What comes is no stream of frames: its end makes the owner open another one.
      this._socket.destroy();
    }
  }
}

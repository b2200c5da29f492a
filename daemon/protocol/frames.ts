import type { Offset } from './ids';
import { offset } from './ids';

/**
 * The frames of a stream, after its hello. All integers are big-endian.
 *
 * ```
 * u32 length of what follows · u8 kind · body
 * ```
 *
 * | kind | from | body |
 * | --- | --- | --- |
 * | OUTPUT  | host   | u64 offset of the first byte · bytes the program wrote |
 * | RESIZED | host   | u64 offset it took effect at · u16 cols · u16 rows |
 * | EXITED  | host   | u64 final offset · i32 exit code · u8 signal number |
 * | LAGGED  | host   | u64 offset of the newest byte: this viewer fell behind; nothing more is sent until SEEK |
 * | GAP     | host   | u64 oldest offset still held: the bytes before it are gone; OUTPUT goes on from there |
 * | DETACHED| host   | UTF-8 reason: the viewer was revoked |
 * | INPUT   | viewer | bytes for the program |
 * | RESIZE  | viewer | u16 cols · u16 rows of this viewer |
 * | ACK     | viewer | u64 offset up to which it has handled the output (credit) |
 * | SEEK    | viewer | u64 offset to send from |
 * | FOCUS   | viewer | – : this viewer is the active one |
 * | ANSWER  | mirror | u64 offset just behind the query it answers · bytes; dropped at or below `answeredUpTo` |
 * | COVER   | mirror | u64 offset up to which keyframe and history cover the journal, which may drop it |
 */
export const FrameKind = {
  OUTPUT: 1,
  RESIZED: 2,
  EXITED: 3,
  LAGGED: 4,
  GAP: 5,
  DETACHED: 6,
  INPUT: 16,
  RESIZE: 17,
  ACK: 18,
  SEEK: 19,
  FOCUS: 20,
  ANSWER: 21,
  COVER: 22,
} as const;

export type Frame =
  | { readonly kind: 'output'; readonly offset: Offset; readonly data: Buffer }
  | {
      readonly kind: 'resized';
      readonly offset: Offset;
      readonly cols: number;
      readonly rows: number;
    }
  | {
      readonly kind: 'exited';
      readonly offset: Offset;
      readonly exitCode: number;
      readonly signal: number;
    }
  | { readonly kind: 'lagged'; readonly offset: Offset }
  | { readonly kind: 'gap'; readonly offset: Offset }
  | { readonly kind: 'detached'; readonly reason: string }
  | { readonly kind: 'input'; readonly data: Buffer }
  | { readonly kind: 'resize'; readonly cols: number; readonly rows: number }
  | { readonly kind: 'ack'; readonly offset: Offset }
  | { readonly kind: 'seek'; readonly offset: Offset }
  | { readonly kind: 'focus' }
  | { readonly kind: 'answer'; readonly offset: Offset; readonly data: Buffer }
  | { readonly kind: 'cover'; readonly offset: Offset };

/** A frame's `length` beyond this is an attack or a bug; the largest real one carries a 1 MiB paste. */
export const MAX_FRAME_BYTES = 4 * 1024 * 1024;
/** Output is cut into frames of at most this size, so that a flood can't delay the frames of others. */
export const MAX_OUTPUT_FRAME = 64 * 1024;
/**
 * Credit: how many bytes beyond the last ACK a viewer is sent. Large enough that an acknowledgement a
 * display frame late does not stall the flow, small enough that Ctrl-C is seen at once.
 */
export const STREAM_WINDOW = 1024 * 1024;
/**
 * The credit of a viewer that has not acknowledged anything yet, twice the steps of the client library; it grows by
 * what is acknowledged. One that takes nothing has to be sent, and to look through, no more than this.
 */
export const FIRST_STREAM_WINDOW = 128 * 1024;
/** A viewer that is this far behind the newest byte with no credit left is told LAGGED. */
export const LAG_LIMIT = 2 * 1024 * 1024;

const LENGTH_BYTES = 4;
const HEADER = LENGTH_BYTES + 1;
/** The length of one that is no longer fits into one byte. */
const SMALL_FRAME = LENGTH_BYTES + 255;

export const encodeFrame = (frame: Frame): Buffer => {
  switch (frame.kind) {
    case 'output':
      return withOffset(FrameKind.OUTPUT, frame.offset, frame.data);
    case 'resized': {
      const buffer = header(FrameKind.RESIZED, 12);
      writeOffset(buffer, frame.offset, HEADER);
      buffer.writeUInt16BE(frame.cols, HEADER + 8);
      buffer.writeUInt16BE(frame.rows, HEADER + 10);
      return buffer;
    }
    case 'exited': {
      const buffer = header(FrameKind.EXITED, 13);
      writeOffset(buffer, frame.offset, HEADER);
      buffer.writeInt32BE(frame.exitCode, HEADER + 8);
      buffer.writeUInt8(frame.signal, HEADER + 12);
      return buffer;
    }
    case 'lagged':
      return withOffset(FrameKind.LAGGED, frame.offset);
    case 'gap':
      return withOffset(FrameKind.GAP, frame.offset);
    case 'detached':
      return withBytes(FrameKind.DETACHED, Buffer.from(frame.reason));
    case 'input':
      return withBytes(FrameKind.INPUT, frame.data);
    case 'resize': {
      const buffer = header(FrameKind.RESIZE, 4);
      buffer.writeUInt16BE(frame.cols, HEADER);
      buffer.writeUInt16BE(frame.rows, HEADER + 2);
      return buffer;
    }
    case 'ack':
      return withOffset(FrameKind.ACK, frame.offset);
    case 'seek':
      return withOffset(FrameKind.SEEK, frame.offset);
    case 'focus':
      return header(FrameKind.FOCUS, 0);
    case 'answer':
      return withOffset(FrameKind.ANSWER, frame.offset, frame.data);
    case 'cover':
      return withOffset(FrameKind.COVER, frame.offset);
  }
};

/** Cuts a byte stream into frames. @throws RangeError when the bytes are no frames. */
export class FrameDecoder {
  /** A frame that has begun, up to its length or, once that is known, as long as it will be; and how much is there. */
  private _partial = emptyHeader();
  private _filled = 0;

  /** Takes what arrived and returns the frames it completes; their `data` may share its memory. */
  public push(chunk: Buffer): Frame[] {
    const frames: Frame[] = [];
    this.read(chunk, (frame) => frames.push(frame));
    return frames;
  }

  /** The same, one by one. The `data` of frames is valid during the call only if the chunk's memory is. */
  public read(chunk: Buffer, take: (frame: Frame) => void): void {
    let at = this._filled > 0 ? this._complete(chunk, take) : 0;
    while (chunk.length - at >= HEADER) {
      const end = at + LENGTH_BYTES + lengthAt(chunk, at);
      if (end > chunk.length) {
        break;
      }
      take(decodeBody(chunk[at + LENGTH_BYTES] ?? 0, chunk.subarray(at + HEADER, end)));
      at = end;
    }
    if (at < chunk.length) {
      this._keep(chunk.subarray(at));
    }
  }

  /**
   * The body of the one frame that a chunk is, if it is one of that kind; nothing is taken otherwise. What a key
   * and its echo come as, for whoever has no time to lose with them.
   */
  public only(chunk: Buffer, kind: number): Buffer | undefined {
    return this._filled === 0 &&
      chunk.length > HEADER &&
      chunk.length <= SMALL_FRAME &&
      chunk[LENGTH_BYTES] === kind &&
      chunk[0] === 0 &&
      chunk[1] === 0 &&
      chunk[2] === 0 &&
      chunk[3] === chunk.length - LENGTH_BYTES
      ? chunk.subarray(HEADER)
      : undefined;
  }

  /** Goes on with the frame that has begun. @returns how much of the chunk belongs to it */
  private _complete(chunk: Buffer, take: (frame: Frame) => void): number {
    let at = 0;
    if (this._filled < LENGTH_BYTES) {
      at = chunk.copy(this._partial, this._filled, 0, LENGTH_BYTES - this._filled);
      this._filled += at;
      if (this._filled < LENGTH_BYTES) {
        return at;
      }
      this._makeRoom();
    }
    const copied = chunk.copy(this._partial, this._filled, at);
    this._filled += copied;
    if (this._filled === this._partial.length) {
      const frame = this._partial;
      this._partial = emptyHeader();
      this._filled = 0;
      take(decodeBody(frame[LENGTH_BYTES] ?? 0, frame.subarray(HEADER)));
    }
    return at + copied;
  }

  /** Keeps the beginning of a frame, in memory of its own. */
  private _keep(rest: Buffer): void {
    this._filled = rest.copy(this._partial, 0, 0, LENGTH_BYTES);
    if (this._filled === LENGTH_BYTES) {
      this._makeRoom();
      this._filled += rest.copy(this._partial, LENGTH_BYTES, LENGTH_BYTES);
    }
  }

  private _makeRoom(): void {
    const whole = Buffer.allocUnsafe(LENGTH_BYTES + lengthAt(this._partial, 0));
    this._partial.copy(whole);
    this._partial = whole;
  }
}

/** Not of the pool, as allocUnsafe has it: four bytes would keep the 8 KiB they are in for as long as a stream is idle. */
const emptyHeader = (): Buffer => Buffer.alloc(LENGTH_BYTES);

/** @throws RangeError */
const lengthAt = (bytes: Buffer, at: number): number => {
  const length = bytes.readUInt32BE(at);
  if (length < 1 || length > MAX_FRAME_BYTES) {
    throw new RangeError(`a frame of ${length} bytes`);
  }
  return length;
};

const decodeBody = (kind: number, body: Buffer): Frame => {
  switch (kind) {
    case FrameKind.OUTPUT:
      return {
        kind: 'output',
        offset: readOffset(body),
        data: body.subarray(8),
      };
    case FrameKind.RESIZED:
      return {
        kind: 'resized',
        offset: readOffset(body),
        cols: body.readUInt16BE(8),
        rows: body.readUInt16BE(10),
      };
    case FrameKind.EXITED:
      return {
        kind: 'exited',
        offset: readOffset(body),
        exitCode: body.readInt32BE(8),
        signal: body.readUInt8(12),
      };
    case FrameKind.LAGGED:
      return { kind: 'lagged', offset: readOffset(body) };
    case FrameKind.GAP:
      return { kind: 'gap', offset: readOffset(body) };
    case FrameKind.DETACHED:
      return { kind: 'detached', reason: body.toString('utf8') };
    case FrameKind.INPUT:
      return { kind: 'input', data: body };
    case FrameKind.RESIZE:
      return {
        kind: 'resize',
        cols: body.readUInt16BE(0),
        rows: body.readUInt16BE(2),
      };
    case FrameKind.ACK:
      return { kind: 'ack', offset: readOffset(body) };
    case FrameKind.SEEK:
      return { kind: 'seek', offset: readOffset(body) };
    case FrameKind.FOCUS:
      return { kind: 'focus' };
    case FrameKind.ANSWER:
      return {
        kind: 'answer',
        offset: readOffset(body),
        data: body.subarray(8),
      };
    case FrameKind.COVER:
      return { kind: 'cover', offset: readOffset(body) };
    default:
      throw new RangeError(`no frame kind ${kind}`);
  }
};

const header = (kind: number, bodyLength: number): Buffer => {
  const buffer = Buffer.allocUnsafe(HEADER + bodyLength);
  buffer.writeUInt32BE(1 + bodyLength, 0);
  buffer.writeUInt8(kind, 4);
  return buffer;
};

const withBytes = (kind: number, data: Buffer): Buffer => {
  const buffer = header(kind, data.length);
  data.copy(buffer, HEADER);
  return buffer;
};

const withOffset = (kind: number, at: Offset, data?: Buffer): Buffer => {
  const buffer = header(kind, 8 + (data?.length ?? 0));
  writeOffset(buffer, at, HEADER);
  data?.copy(buffer, HEADER + 8);
  return buffer;
};

/** In two halves: a BigInt for each would be made on the heap. */
const HALF = 2 ** 32;

const writeOffset = (buffer: Buffer, at: Offset, position: number): void => {
  buffer.writeUInt32BE(Math.floor(at / HALF), position);
  buffer.writeUInt32BE(at % HALF, position + 4);
};

/** The offset that an OUTPUT's body begins with. */
export const readOffset = (body: Buffer): Offset =>
  offset(body.readUInt32BE(0) * HALF + body.readUInt32BE(4));

import type { Socket } from 'node:net';
import { Disposable, toDisposable } from '../lifecycle/lifecycle';
import { HoldfastError } from '../protocol/errors';
import { encodeFrame, type Frame, FrameDecoder } from '../protocol/frames';
import type { Hello } from '../protocol/hello';
import { type Offset, offset } from '../protocol/ids';
import type { StreamAddress } from '../protocol/terminals';
import { dial } from '../transport/dial';
import type { Openings } from './openings';

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5000;
/** A small part of STREAM_WINDOW, so that the credit never runs out while the mirror keeps up. */
const ACK_STEP_BYTES = 64 * 1024;

/** What a turn may take: 64 KiB are most often parsed in 3 ms, but resets, two bytes each, a hundred times that. */
const LONGEST_TURN_MS = 50;
/** So much is parsed in one turn, and less the longer it takes: other screens of this thread get theirs between. */
const MOST_BYTES = 32 * 1024;
const LEAST_BYTES = 128;
const STEP = 4;

export interface MirrorStreamOptions {
  readonly client: Hello['client'];
  /** Asks for an address of a stream that begins at an offset. */
  readonly connect: (from: Offset) => Promise<StreamAddress>;
  /** Where a new stream has to begin: behind the last byte parsed. */
  readonly position: () => Offset;
  readonly onFrame: (frame: Frame) => void;
  /** Where it waits for its turn. */
  readonly openings: Openings;
  /** Whether somebody waits for what it brings. */
  readonly isNeeded: () => boolean;
  /** It is open, for the first time or again. */
  readonly onOpened: () => void;
  /** There will be no more streams: the other side refuses for good. */
  readonly onRefused: (error: HoldfastError) => void;
}

/**
 * A mirror's connection to its PTY host. One that can't be opened, or breaks, is opened again: with a growing delay,
 * and at once when somebody needs it.
 */
export class MirrorStream extends Disposable {
  private _socket: Socket | undefined;
  private _retryTimer: NodeJS.Timeout | undefined;
  private _retryMs = FIRST_RETRY_MS;
  private _isEnded = false;
  private _isOpening = false;
  private _acknowledged = 0;
  private _bytesInTurn = MOST_BYTES;

  public constructor(private readonly _options: MirrorStreamOptions) {
    super();
    this._register(toDisposable(() => this.end()));
  }

  /** Resolves when it is open, or is going to be tried again. @throws HoldfastError what the other side refused with for good */
  public async open(): Promise<void> {
    this._isOpening = true;
    try {
      await this._options.openings.run(this, this._options.isNeeded(), () => this._connect());
    } catch (thrown) {
      const error = HoldfastError.from(thrown);
      if (!error.retryable && error.code !== 'AUTH_FAILED') {
        throw error;
      }
      this._retryLater();
    } finally {
      this._isOpening = false;
    }
  }

  /** Somebody waits for what it brings. */
  public need(): void {
    if (this._retryTimer !== undefined) {
      this._retryMs = FIRST_RETRY_MS;
      this._retry();
    } else if (this._isOpening) {
      this._options.openings.need(this);
    }
  }

  /** Gives the stream up for one that begins where the position is now. */
  public reopen(): void {
    const socket = this._socket;
    if (socket !== undefined) {
      this._socket = undefined;
      socket.destroy();
      this._retryLater();
    }
  }

  public send(frame: Frame): void {
    this._socket?.write(encodeFrame(frame));
  }

  /** Everything up to here has been parsed. Told in steps: an acknowledgement for each key would wake the PTY host. */
  public acknowledge(upTo: Offset): void {
    if (upTo - this._acknowledged >= ACK_STEP_BYTES || upTo < this._acknowledged) {
      this._acknowledged = upTo;
      this.send({ kind: 'ack', offset: upTo });
    }
  }

  /** Nothing is to be read any more. */
  public end(): void {
    this._isEnded = true;
    clearTimeout(this._retryTimer);
    this._retryTimer = undefined;
    this._socket?.destroy();
    this._socket = undefined;
  }

  private async _connect(): Promise<void> {
    if (this._isEnded) {
      return;
    }
    const from = this._options.position();
    const address = await this._options.connect(from);
    if (this._isEnded) {
      return;
    }
    const { socket } = await dial(address, this._options.client, { ticket: address.ticket });
    if (this._isEnded) {
      socket.destroy();
      return;
    }
    if (this._options.position() !== from) {
      // A mirror woke without its keyframe, and has to read from further back.
      socket.destroy();
      return this._connect();
    }
    this._serve(socket);
    this._options.onOpened();
  }

  private _serve(socket: Socket): void {
    const decoder = new FrameDecoder();
    this._socket = socket;
    this._acknowledged = this._options.position();
    const take = (read: () => Frame[]): void => {
      try {
        const rest = this._take(socket, read());
        this._retryMs = FIRST_RETRY_MS;
        if (rest.length > 0) {
          socket.pause();
          setImmediate(() => take(() => rest));
        } else {
          socket.resume();
        }
      } catch {
        // Not frames: whoever answered is no PTY host of this age. Or a mirror that can't be read now: later.
        socket.destroy();
      }
    };
    socket.on('data', (chunk: Buffer) => take(() => joinOutput(decoder.push(chunk))));
    socket.once('close', () => {
      if (this._socket === socket) {
        this._socket = undefined;
        this._retryLater();
      }
    });
    socket.resume();
  }

  /** Hands frames on. @returns what is left for a later turn, where parsing takes so long that others have to wait */
  private _take(socket: Socket, frames: Frame[]): Frame[] {
    let turnMs = 0;
    while (this._socket === socket) {
      const frame = frames.shift();
      if (frame === undefined) {
        return [];
      }
      const [slice, rest] = cut(frame, this._bytesInTurn);
      if (rest !== undefined) {
        frames.unshift(rest);
      }
      const began = performance.now();
      this._options.onFrame(slice);
      const ms = performance.now() - began;
      if (ms > LONGEST_TURN_MS) {
        this._bytesInTurn = Math.max(LEAST_BYTES, this._bytesInTurn / STEP);
      } else if (ms < LONGEST_TURN_MS / STEP) {
        this._bytesInTurn = Math.min(MOST_BYTES, this._bytesInTurn * STEP);
      }
      turnMs += ms;
      if (turnMs > LONGEST_TURN_MS) {
        return frames;
      }
    }
    return [];
  }

  private _retryLater(): void {
    if (this._isEnded) {
      return;
    }
    this._retryTimer = setTimeout(() => this._retry(), this._retryMs);
    this._retryMs = Math.min(this._retryMs * 2, LAST_RETRY_MS);
  }

  private _retry(): void {
    clearTimeout(this._retryTimer);
    this._retryTimer = undefined;
    this.open().catch((thrown: unknown) => {
      if (!this._isEnded) {
        this._options.onRefused(HoldfastError.from(thrown));
      }
    });
  }
}

/** Output in two pieces, where it is longer than `bytes`. */
const cut = (frame: Frame, bytes: number): [Frame, Frame?] =>
  frame.kind === 'output' && frame.data.length > bytes
    ? [
        { ...frame, data: frame.data.subarray(0, bytes) },
        { ...frame, offset: offset(frame.offset + bytes), data: frame.data.subarray(bytes) },
      ]
    : [frame];

/** Output that goes on in the next frame becomes one piece: a mirror parses large pieces faster. */
export const joinOutput = (frames: readonly Frame[]): Frame[] => {
  const joined: Frame[] = [];
  let pieces: Buffer[] = [];
  let start: Offset | undefined;
  let end = 0;
  const flush = (): void => {
    if (start !== undefined) {
      const [only] = pieces;
      joined.push({
        kind: 'output',
        offset: start,
        data: pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces),
      });
      pieces = [];
      start = undefined;
    }
  };
  for (const frame of frames) {
    if (frame.kind !== 'output') {
      flush();
      joined.push(frame);
      continue;
    }
    if (frame.offset !== end) {
      flush();
    }
    start ??= frame.offset;
    pieces.push(frame.data);
    end = frame.offset + frame.data.length;
  }
  flush();
  return joined;
};

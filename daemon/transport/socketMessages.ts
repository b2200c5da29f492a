import type { Socket } from 'node:net';
import { HoldfastError } from '../protocol/errors';
import { RPC_APPLICATION_ERROR } from '../protocol/message';
import { DirectWriter } from './directSocket';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
} from './jsonRpc';
import { decodeBody, encodeBody, hasBytes } from './messageBody';
import { MessageSplitter } from './messageSplitter';

/** Reads messages out of what a socket brings: at once, and none after one that can't be read. */
export class SocketMessageReader extends AbstractMessageReader {
  private readonly _splitter: MessageSplitter;
  private _callback: DataCallback | undefined;

  /** @param maxBytes a longer message is an error */
  public constructor(maxBytes: number) {
    super();
    this._splitter = new MessageSplitter(maxBytes);
  }

  public override listen(callback: DataCallback): Disposable {
    this._callback = callback;
    return { dispose: () => this._stop() };
  }

  /** @param bytes valid during the call only */
  public push(bytes: Buffer): void {
    if (this._callback === undefined) {
      return;
    }
    try {
      this._splitter.push(bytes, (body, isPartOfBytes) =>
        // Whoever gets bytes may keep them.
        this._callback?.(decodeBody(isPartOfBytes && hasBytes(body) ? Buffer.from(body) : body)),
      );
    } catch (error) {
      this._stop();
      this.fireError(error);
    }
  }

  private _stop(): void {
    this._callback = undefined;
  }
}

/** Hands messages to a socket, in the same turn. What it does not take at once waits in it. */
export class SocketMessageWriter extends AbstractMessageWriter {
  private _direct: DirectWriter;
  private _refusal: HoldfastError | undefined;

  /** @param _maxBytes a longer message would be refused by the other side */
  public constructor(
    private _socket: Socket,
    private readonly _maxBytes: number,
  ) {
    super();
    this._direct = new DirectWriter(_socket);
  }

  /** Another socket of the same connection has taken the place of the first. */
  public goOnWith(socket: Socket): void {
    this._socket = socket;
    this._direct = new DirectWriter(socket);
  }

  /** Why the last message was not sent, once. */
  public takeRefusal(): HoldfastError | undefined {
    const refusal = this._refusal;
    this._refusal = undefined;
    return refusal;
  }

  /** Rejects when the message can't be sent any more. An answer that is too long becomes an error that says so. */
  public async write(message: Message): Promise<void> {
    if (!this._socket.writable) {
      throw new Error('the connection takes nothing any more');
    }
    const [body, bytes] = encodeBody(message);
    const length = body.length + (bytes?.length ?? 0);
    if (length > this._maxBytes) {
      return this._sendInstead(message, length);
    }
    this._send(Buffer.concat([Buffer.from(`Content-Length: ${length}\r\n\r\n`), body]));
    if (bytes !== undefined) {
      // A long snapshot is not copied for the sake of what stands before it.
      this._send(bytes);
    }
  }

  public end(): void {
    this._socket.end();
  }

  private _sendInstead(message: Message, length: number): Promise<void> {
    const refusal = tooLong(length, this._maxBytes);
    if (!('id' in message) || 'method' in message) {
      if ('id' in message) {
        this._refusal = refusal;
      }
      throw refusal;
    }
    const error = { code: RPC_APPLICATION_ERROR, message: refusal.message, data: refusal.toWire() };
    return this.write({ jsonrpc: '2.0', id: message.id, error } as Message);
  }

  private _send(bytes: Uint8Array): void {
    const taken = this._direct.write(bytes);
    if (taken < bytes.length) {
      this._socket.write(bytes.subarray(taken));
    }
  }
}

const tooLong = (bytes: number, most: number): HoldfastError =>
  new HoldfastError(
    'INVALID_INPUT',
    `a message of ${bytes} bytes is longer than the ${most} that are taken`,
    'Ask for less at once, or send it in pieces.',
    { bytes, limit: most },
  );

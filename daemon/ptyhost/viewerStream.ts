import type { Socket } from 'node:net';
import { Emitter } from '../lifecycle/event';
import { Disposable, toDisposable } from '../lifecycle/lifecycle';
import { encodeFrame, type Frame, FrameDecoder, FrameKind } from '../protocol/frames';
import type { HostTicket } from '../protocol/host';
import type { ViewerId } from '../protocol/ids';
import { isSize } from '../protocol/model';
import { isStoppingKey } from '../protocol/stoppingKeys';
import { DirectWriter, readDirectly } from '../transport/directSocket';
import { type FrameSink, StreamReader } from './streamReader';
import type { Terminal } from './terminal';

/** More than this is not handed to a socket: what waits there can't be skipped any more. */
const MAX_UNSENT_BYTES = 256 * 1024;
/** A revoked viewer that does not take its farewell in this time is cut off. */
const FAREWELL_MS = 1000;
/** How long a program may leave a viewer's input unread, with the queue full, before the viewer is told. */
const STUCK_INPUT_MS = 10_000;

/**
 * A mirror hears of a key's echo this much later: by then whoever typed has seen it, and the next key is rarely
 * there. Short enough that who reads the screen without asking for the newest sees no difference.
 */
const WAITING_MS = 10;
/** While keys keep coming it waits on, for so many of them. */
const MAX_WAITING = 64;

/** One open stream: a viewer, or a mirror of the daemon. Owns the socket. */
export class ViewerStream extends Disposable implements FrameSink {
  private readonly _onClose = this._register(new Emitter<void>());
  public readonly onClose = this._onClose.event;

  private readonly _decoder = new FrameDecoder();
  private readonly _socket: Socket;
  private readonly _direct: DirectWriter;
  private readonly _reader: StreamReader;
  private _hasTyped = false;
  private _stuck: NodeJS.Timeout | undefined;
  private readonly _waiting: Buffer[] = [];
  private _waitingTimer: NodeJS.Timeout | undefined;

  public constructor(
    public readonly id: ViewerId,
    public readonly terminal: Terminal,
    private readonly _request: HostTicket.Params,
    socket: Socket,
  ) {
    super();
    const { mode, from } = _request;
    this._socket = readDirectly(socket, (data) => this._received(data));
    this._direct = new DirectWriter(this._socket);
    this._register(toDisposable(() => clearTimeout(this._stuck)));
    this._register(toDisposable(() => clearTimeout(this._waitingTimer)));
    this._reader = new StreamReader(terminal, this, mode === 'mirror' ? 'wait' : 'skip', from);
    this._register(terminal.addReader(this._reader, mode === 'mirror' ? 'mirrors' : 'viewers'));
    if (mode === 'mirror') {
      this._register(terminal.addMirror(this));
    } else {
      const { client, pid, size, sizing = 'active' } = _request;
      terminal.viewers.add({ id, mode, client, pid, size, sizing, attachedAt: Date.now() });
      this._register(toDisposable(() => terminal.viewers.remove(id)));
    }
    this._socket.on('drain', () => this._reader.pump());
    // A viewer that only ends its own side has left as well.
    this._socket.on('end', () => this.dispose());
    this._socket.on('close', () => this.dispose());
    this._reader.pump();
    this._socket.resume();
    if (this._socket.destroyed) {
      this.dispose();
    }
  }

  public get isFull(): boolean {
    return this._socket.writableLength > MAX_UNSENT_BYTES;
  }

  public write(frame: Buffer): void {
    this.flush();
    this._send(frame);
  }

  public writeSoon(frame: Buffer): void {
    this._waiting.push(frame);
    if (this._waitingTimer === undefined) {
      this._waitingTimer = setTimeout(() => this.flush(), WAITING_MS);
    } else if (this._waiting.length <= MAX_WAITING) {
      this._waitingTimer.refresh();
    }
  }

  public flush(): void {
    if (this._waiting.length > 0) {
      this._send(Buffer.concat(this._waiting.splice(0)));
    }
  }

  /** Sends the viewer away: what it was sent already arrives, then the reason. */
  public revoke(reason: string): void {
    const socket = this._socket;
    this.write(encodeFrame({ kind: 'detached', reason }));
    socket.end();
    const timer = setTimeout(() => socket.destroy(), FAREWELL_MS);
    socket.once('close', () => clearTimeout(timer));
    // It leaves the table at once; the socket lives on until the farewell is taken.
    this._leave(() => undefined);
  }

  public override dispose(): void {
    this._leave(() => this._socket.destroy());
  }

  private _leave(closeSocket: () => void): void {
    if (!this._isDisposed) {
      closeSocket();
      this._onClose.fire();
      super.dispose();
    }
  }

  private _send(bytes: Buffer): void {
    if (!this._socket.destroyed && !this._socket.writableEnded) {
      const taken = this._direct.write(bytes);
      if (taken < bytes.length) {
        this._socket.write(bytes.subarray(taken));
      }
    }
  }

  private _received(data: Buffer): void {
    const keys = this._decoder.only(data, FrameKind.INPUT);
    if (keys !== undefined && !this._isDisposed) {
      this._typed(keys);
    } else {
      this._receivedFrames(data);
    }
    if (this._hasTyped && this.terminal.input.isFull) {
      this._holdInput();
    }
    this._hasTyped = false;
  }

  private _receivedFrames(data: Buffer): void {
    try {
      this._decoder.read(data, (frame) => {
        if (!this._isDisposed) {
          this._handle(frame);
        }
      });
    } catch {
      // No frames: whoever that is does not speak our language.
      this.dispose();
    }
  }

  private _typed(keys: Buffer): void {
    if (this._request.mode === 'interactive') {
      this._hasTyped = true;
      this.terminal.viewers.activate(this.id);
      this.terminal.type(keys);
      if (isStoppingKey(keys) && this.terminal.isMirrorNearer(this._reader.behind)) {
        this._reader.leap();
      }
    }
  }

  private _handle(frame: Frame): void {
    const { terminal, id } = this;
    switch (frame.kind) {
      case 'ack':
        this._reader.ack(frame.offset);
        if (this._request.mode === 'mirror') {
          terminal.mirrorRead(this, frame.offset);
        }
        break;
      case 'seek':
        this._reader.seek(frame.offset);
        break;
      case 'cover':
        if (this._request.mode === 'mirror') {
          terminal.cover(this, frame.offset);
        }
        break;
      case 'answer':
        if (this._request.mode === 'mirror') {
          terminal.answer(this, frame.offset, frame.data);
        }
        break;
      case 'input':
        this._typed(frame.data);
        break;
      case 'focus':
        if (this._request.mode === 'interactive') {
          terminal.viewers.activate(id);
          terminal.attend();
        }
        break;
      case 'resize':
        if (this._request.mode !== 'mirror' && isSize(frame.cols, frame.rows)) {
          terminal.viewers.resize(id, { cols: frame.cols, rows: frame.rows });
        }
        break;
      default:
        throw new RangeError(`${frame.kind} is not a viewer's frame`);
    }
  }

  /** Takes nothing more from this viewer until the program has read; other viewers are not concerned. */
  private _holdInput(): void {
    this._socket.pause();
    this._stuck ??= setTimeout(
      () => this.revoke('the program does not read its input; what was not read yet is lost'),
      STUCK_INPUT_MS,
    );
    this.terminal.input.whenRoom(() => {
      clearTimeout(this._stuck);
      this._stuck = undefined;
      if (!this._isDisposed) {
        this._socket.resume();
      }
    });
  }
}

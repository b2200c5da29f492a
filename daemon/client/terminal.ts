import { DisposableStore } from '../lifecycle/lifecycle';
import { type ErrorCode, HoldfastError } from '../protocol/errors';
import type { SessionId, TerminalId } from '../protocol/ids';
import {
  isSize,
  MAX_COLS,
  MAX_ROWS,
  MIN_COLS,
  MIN_ROWS,
  type Size,
  type TerminalInfo,
} from '../protocol/model';
import { SessionKill, SessionShow } from '../protocol/sessions';
import { TerminalResize } from '../protocol/terminals';
import { AsyncQueue } from './asyncQueue';
import type { Attachment, AttachState, DetachReason, ExitStatus, Gap } from './attachmentTypes';
import type { Connection } from './connection';
import { endIdempotently, type KillOptions } from './killing';

/** Something that happened to a terminal while it was attached. */
export type TerminalEvent =
  | ({ readonly type: 'resize' } & Size)
  | ({ readonly type: 'gap' } & Gap)
  | { readonly type: 'state'; readonly state: AttachState }
  | { readonly type: 'bell' }
  | ({ readonly type: 'exit' } & ExitStatus)
  | { readonly type: 'detached'; readonly reason: DetachReason };

/** A terminal's output: the bytes, or, through `text()`, strings in which no character is cut in two. */
export interface Output extends AsyncIterable<Uint8Array> {
  text(): AsyncIterable<string>;
}

/** There is nothing to be resized any more. */
const ENDED: ReadonlySet<ErrorCode> = new Set(['SESSION_EXITED', 'SESSION_NOT_FOUND', 'TERMINAL_NOT_FOUND']);
/** Events that nobody iterates are not kept for ever. */
const MAX_WAITING_EVENTS = 1000;

/**
 * An attached terminal. Reading `output` takes what the program writes, in order; what is not read waits in
 * the terminal's journal (the newest 8 MiB; a `gap` event tells what was passed over) and never holds up the
 * program.
 */
export class Terminal {
  public readonly id: TerminalId;
  public readonly session: SessionId;
  /** Its name when it was attached. */
  public readonly name: string;
  public readonly output: Output;
  public readonly events: AsyncIterable<TerminalEvent>;
  /**
   * How the program ended; stays pending while it runs, also when detached. Both values are null when it is
   * not known (its PTY host died). Rejects with DAEMON_UNAVAILABLE when the client disconnects before.
   */
  public readonly exited: Promise<ExitStatus>;

  private readonly _events = new AsyncQueue<TerminalEvent>(MAX_WAITING_EVENTS);
  private readonly _store = new DisposableStore();
  private readonly _unsent: Buffer[] = [];
  private _lastSize: Size | undefined;
  private _hasEnded = false;
  private _settleExited: { resolve(status: ExitStatus): void; reject(error: Error): void } | undefined;

  /** Made by `Session.spawn` and `Session.attach`. */
  public constructor(
    private readonly _connection: Connection,
    private readonly _attachment: Attachment,
  ) {
    const { session, terminal } = _attachment.info;
    this.id = terminal.id;
    this.session = session;
    this.name = terminal.name;
    const bytes = new AsyncQueue<Uint8Array>(undefined, (chunk) => _attachment.acknowledge(chunk.length));
    this.output = {
      [Symbol.asyncIterator]: () => bytes[Symbol.asyncIterator](),
      text: () => decode(bytes),
    };
    this.events = this._events;
    this.exited = new Promise((resolve, reject) => {
      this._settleExited = { resolve, reject };
    });
    // Nobody has to wait for it: a rejection that is not looked at is no failure of the process.
    this.exited.catch(() => undefined);

    const end = (event: TerminalEvent): void => {
      this._events.push(event);
      this._events.end();
      bytes.end();
    };
    _attachment.onData((data) => bytes.push(data));
    _attachment.onResize((size) => this._events.push({ type: 'resize', ...size }));
    _attachment.onGap((gap) => this._events.push({ type: 'gap', ...gap }));
    _attachment.onState((state) => {
      this._events.push({ type: 'state', state });
      this._sendUnsent();
    });
    _attachment.onExit((status) => {
      this._exit(status);
      end({ type: 'exit', ...status });
    });
    _attachment.onDetach((reason) => end({ type: 'detached', reason }));
    this._watch();
    _attachment.start();
  }

  /** Whether it is still attached: false after `detach`, the program's end, or being sent away. */
  public get attached(): boolean {
    return this._attachment.state !== 'ended';
  }

  /**
   * Types into the terminal; a string goes as UTF-8. While the stream is being mended it waits.
   * @throws HoldfastError SESSION_EXITED once the program has ended; VIEWER_NOT_FOUND "Terminal is detached"; VIEWER_READ_ONLY
   */
  public write(data: string | Uint8Array): void {
    if (this._hasEnded) {
      throw new HoldfastError(
        'SESSION_EXITED',
        'the program has ended',
        'Start another one: session.spawn(program).',
      );
    }
    if (!this.attached) {
      throw new HoldfastError(
        'VIEWER_NOT_FOUND',
        'Terminal is detached',
        'Attach to it again: session.attach(terminal.id).',
      );
    }
    if (this._attachment.mode === 'read-only') {
      throw new HoldfastError('VIEWER_READ_ONLY', 'Terminal is read-only', 'Attach to it without readOnly.');
    }
    this._unsent.push(Buffer.from(data));
    this._sendUnsent();
  }

  /**
   * This viewer's size; the terminal has that of the viewer that was active last. Resolves once it is in force, unless
   * a smaller viewer stands against it, and `status` tells it. Detached, ended or read-only, it changes nothing.
   * @throws HoldfastError INVALID_INPUT unless it has 2 to 2000 columns and 1 to 1000 rows; DAEMON_UNAVAILABLE
   */
  public resize(size: Size): Promise<void> {
    const done = this._resize(size);
    // Nobody has to wait for it: a rejection that is not looked at is no failure of the process.
    done.catch(() => undefined);
    return done;
  }

  /** Stops viewing; the program never notices. Ends `output` and `events`. Twice is no error. */
  public detach(): void {
    this._attachment.detach();
  }

  /** Ends the program and everything it started. Ended or forgotten already is no error. */
  public kill(options: KillOptions = {}): Promise<SessionKill.Result> {
    return endIdempotently(() =>
      this._connection.call(SessionKill.type, { target: { text: this._target, explicit: true }, ...options }),
    );
  }

  /** The terminal as it is now; attached or not. @throws HoldfastError TERMINAL_NOT_FOUND, SESSION_NOT_FOUND */
  public async status(): Promise<TerminalInfo> {
    const result = await this._connection.call(SessionShow.type, { target: { text: this._target } });
    if (result.terminal === undefined) {
      throw new HoldfastError('TERMINAL_NOT_FOUND', `there is no terminal ${this.id}`, 'Spawn another one.');
    }
    return result.terminal;
  }

  private async _resize(wanted: Size): Promise<void> {
    const size = checkedSize(wanted);
    if (!this.attached || this._attachment.mode === 'read-only') {
      return;
    }
    this._lastSize = size;
    this._attachment.resize(size);
    try {
      // The stream answers nothing, so the same is asked where there is an answer.
      const target = { text: this._target };
      await this._connection.call(TerminalResize.type, { target, ...size, sizing: 'active' });
    } catch (error) {
      if (ENDED.has(HoldfastError.from(error).code)) {
        return;
      }
      throw error;
    }
    if (this._lastSize === size) {
      // Asked for so, it is nobody's size. This viewer's it is, should the stream have been the faster one.
      this._attachment.resize(size);
    }
  }

  private get _target(): string {
    return `${this.session}:${this.id}`;
  }

  private _sendUnsent(): void {
    for (let next = this._unsent[0]; next !== undefined; next = this._unsent[0]) {
      if (!this._attachment.write(next)) {
        return;
      }
      this._unsent.shift();
    }
  }

  /** The end is also learned from the daemon: a stream that nobody reads does not come to it. */
  private _watch(): void {
    this._look(this._attachment.info.terminal);
    this._store.add(
      this._connection.onSessionsChanged(({ changed, removed }) => {
        for (const terminal of changed.find(({ id }) => id === this.session)?.terminals ?? []) {
          this._look(terminal);
        }
        if (removed.includes(this.session)) {
          this._exit({ exitCode: null, signal: null });
        }
      }),
    );
    this._store.add(
      this._connection.onEvent(({ event, terminal }) => {
        if (event === 'bell' && terminal === this.id) {
          this._events.push({ type: 'bell' });
        }
      }),
    );
    this._store.add(
      this._connection.onDidChangeState((state) => {
        if (state === 'closed') {
          const message = 'the client was disconnected before the program ended';
          this._settleExited?.reject(new HoldfastError('DAEMON_UNAVAILABLE', message, 'Connect again.'));
          this._store.dispose();
        }
      }),
    );
  }

  private _look(terminal: TerminalInfo): void {
    if (terminal.id === this.id && (terminal.state === 'exited' || terminal.state === 'lost')) {
      this._exit({ exitCode: terminal.exitCode, signal: terminal.signal });
    }
  }

  private _exit(status: ExitStatus): void {
    this._hasEnded = true;
    this._settleExited?.resolve(status);
    this._settleExited = undefined;
    this._store.dispose();
  }
}

const checkedSize = (size: Size): Size => {
  const { cols, rows } = size;
  if (!isSize(cols, rows)) {
    throw new HoldfastError(
      'INVALID_INPUT',
      `a terminal can't have ${cols} columns and ${rows} rows`,
      `Give ${MIN_COLS} to ${MAX_COLS} columns and ${MIN_ROWS} to ${MAX_ROWS} rows, whole numbers.`,
      { field: isSize(cols, MIN_ROWS) ? 'rows' : 'cols' },
    );
  }
  return { cols, rows };
};

async function* decode(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  for await (const chunk of bytes) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') {
      yield text;
    }
  }
  const rest = decoder.decode();
  if (rest !== '') {
    yield rest;
  }
}

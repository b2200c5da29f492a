import { Emitter } from '../lifecycle/event';
import { Disposable, toDisposable } from '../lifecycle/lifecycle';
import { HoldfastError } from '../protocol/errors';
import type { Frame } from '../protocol/frames';
import { LAG_LIMIT } from '../protocol/frames';
import { type Offset, offset, type ViewerId } from '../protocol/ids';
import type { Size, ViewerMode } from '../protocol/model';
import { type TerminalAttach, TerminalOutput, TerminalRefresh } from '../protocol/terminals';
import type {
  AttachInfo,
  Attachment,
  AttachOptions,
  AttachState,
  DetachReason,
  ExitStatus,
  Gap,
  ResetReason,
} from './attachmentTypes';
import { CatchUp } from './catchUp';
import { Credit } from './credit';
import { type AttachHost, type Opened, openStream } from './openStream';
import { QueryFilter } from './queryFilter';
import { Backoff, Pause } from './retry';
import { signalName } from './signalName';
import type { StreamLink } from './streamLink';

/** RIS: back to the initial state, scrollback included; DEC STD 070. */
const RESET_TO_INITIAL_STATE = '\x1bc';

type Screen = Pick<TerminalAttach.Result, 'snapshot' | 'continuation' | 'offset' | 'size'>;

/** @throws HoldfastError what `terminal/attach` throws */
export const attachTerminal = async (host: AttachHost, options: AttachOptions): Promise<Attachment> => {
  const { target, mode, size, history, takeOver } = options;
  const params: TerminalAttach.Params = {
    target,
    mode,
    ...(size === undefined ? {} : { size }),
    ...(history === undefined ? {} : { history }),
    ...(takeOver === undefined ? {} : { takeOver }),
  };
  const { result, link } = await openStream(host, params);
  return new TerminalAttachment(host, options, result, link);
};

class TerminalAttachment extends Disposable implements Attachment {
  private readonly _onData = this._register(new Emitter<Uint8Array>());
  public readonly onData = this._onData.event;
  private readonly _onResize = this._register(new Emitter<Size>());
  public readonly onResize = this._onResize.event;
  private readonly _onGap = this._register(new Emitter<Gap>());
  public readonly onGap = this._onGap.event;
  private readonly _onExit = this._register(new Emitter<ExitStatus>());
  public readonly onExit = this._onExit.event;
  private readonly _onDetach = this._register(new Emitter<DetachReason>());
  public readonly onDetach = this._onDetach.event;
  private readonly _onState = this._register(new Emitter<AttachState>());
  public readonly onState = this._onState.event;

  public readonly info: AttachInfo;
  private readonly _filter = new QueryFilter();
  private readonly _credit = new Credit((upTo) => void this._link?.send({ kind: 'ack', offset: upTo }));
  private readonly _pause = this._register(new Pause());
  private readonly _catchUp: CatchUp;
  private readonly _target: TerminalAttach.Params['target'];
  private _state: AttachState = 'live';
  private _started = false;
  private _size: Size | undefined;
  private _told: Size | undefined;
  /** The offset behind the last byte taken from the stream or told by a snapshot. */
  private _position: number;
  /** A SEEK was sent: what comes from elsewhere is from before it. */
  private _seeking = false;
  /** The exit, when it was told before the output that leads to it. */
  private _exit: { readonly at: number; readonly status: ExitStatus } | undefined;

  public constructor(
    private readonly _host: AttachHost,
    private readonly _options: AttachOptions,
    private readonly _first: TerminalAttach.Result,
    private _link: StreamLink | undefined,
  ) {
    super();
    const { session, sessionName, terminal, size } = _first;
    this.info = { session, sessionName, terminal, size };
    this._target = { text: `${session}:${terminal.id}` };
    this._size = _options.size;
    this._register(toDisposable(() => this._catchUp.stop()));
    this._position = _options.from ?? _first.offset;
    const history = _options.resetHistory ?? _options.history;
    this._catchUp = new CatchUp({
      history,
      refresh: (rows) =>
        _host.call(TerminalRefresh.type, {
          terminal: terminal.id,
          ...(rows === undefined ? {} : { history: rows }),
        }),
      drained: (limit) => this._credit.drained(limit),
      show: (screen) => this._show('catch-up', screen),
      done: () => this._caughtUp(),
      failed: (error) => this._gone(error),
    });
  }

  public get mode(): ViewerMode {
    return this._options.mode;
  }

  public get state(): AttachState {
    return this._state;
  }

  public get viewer(): ViewerId | undefined {
    return this._link?.viewer;
  }

  public get offset(): Offset {
    return offset(this._position);
  }

  public start(): void {
    if (this._started || this._state === 'ended') {
      return;
    }
    this._started = true;
    if (this._options.from === undefined) {
      this._show('attach', this._first);
    } else if (this._link !== undefined) {
      this._seek(this._link);
    }
    this._goOn(this._first, this._link);
  }

  public write(data: string | Uint8Array): boolean {
    const bytes =
      typeof data === 'string'
        ? Buffer.from(data)
        : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    return this._options.mode === 'interactive' && this._link?.sendInput(bytes) === true;
  }

  public resize(size: Size): void {
    this._size = size;
    if (this._options.mode === 'interactive') {
      this._link?.send({ kind: 'resize', ...size });
    }
  }

  public focus(): void {
    if (this._options.mode === 'interactive') {
      this._link?.send({ kind: 'focus' });
    }
  }

  public acknowledge(bytes: number): void {
    if (this._options.flow === 'manual') {
      this._credit.handle(bytes);
    }
  }

  public detach(): void {
    this._end(() => this._onDetach.fire({ kind: 'requested', message: 'detached' }));
  }

  public override dispose(): void {
    this._end(() => this._onDetach.fire({ kind: 'closed', message: 'the connection was closed' }));
  }

  /** Follows a stream, or, when there is none, delivers what is left and ends. */
  private _goOn(result: TerminalAttach.Result, link: StreamLink | undefined): void {
    if (this._state === 'ended') {
      link?.close();
      return;
    }
    this._link = link;
    if (link !== undefined) {
      link.start(
        (frame) => this._link === link && this._onFrame(frame, link),
        () => void this._broken(link),
      );
      return;
    }
    void this._deliverRest(result);
  }

  private async _deliverRest({ terminal }: TerminalAttach.Result): Promise<void> {
    if (this._wantsOutput) {
      try {
        const rest = await this._host.call(TerminalOutput.type, {
          target: this._target,
          since: offset(this._position),
          ansi: true,
        });
        this._skipTo(rest.from);
        this._output(rest.from, Buffer.from(rest.text, 'base64'));
      } catch {
        // What it wrote last is not kept any more; how it ended is still told.
      }
    }
    if (terminal.state === 'exited') {
      this._exited({ exitCode: terminal.exitCode, signal: terminal.signal });
    } else {
      this._end(() =>
        this._onDetach.fire({
          kind: 'gone',
          message: `the terminal '${terminal.name}' is ${terminal.state}`,
        }),
      );
    }
  }

  private get _wantsOutput(): boolean {
    return this._options.from !== undefined || this._options.whenBehind === 'output';
  }

  private _onFrame(frame: Frame, link: StreamLink): void {
    switch (frame.kind) {
      case 'output':
        if (this._state === 'live') {
          this._output(frame.offset, frame.data);
        }
        break;
      case 'resized':
        this._resized(frame.offset, { cols: frame.cols, rows: frame.rows });
        break;
      case 'exited': {
        const signal = signalName(frame.signal);
        this._exit = {
          at: frame.offset,
          status: { exitCode: frame.exitCode, signal },
        };
        break;
      }
      case 'lagged':
        void this._lagged(link);
        break;
      case 'gap':
        this._gap(frame.offset, link);
        break;
      case 'detached':
        this._end(() => this._onDetach.fire({ kind: 'revoked', message: frame.reason }));
        break;
      default:
        // A kind that only viewers send: nothing to us.
        break;
    }
    this._exitWhenDue();
  }

  private _resized(at: number, size: Size): void {
    // Behind a SEEK's place: from before it, and it will come again in its turn.
    const isStale = at < this._position || (this._seeking && at > this._position);
    const isKnown = size.cols === this._told?.cols && size.rows === this._told.rows;
    if (this._state === 'live' && !isStale && !isKnown) {
      this._tellSize(size);
    }
  }

  private _tellSize(size: Size): void {
    this._told = size;
    this._onResize.fire(size);
  }

  /** Takes what is new of a piece of the journal: pieces may overlap after a SEEK, and old ones be on their way. */
  private _output(at: number, data: Buffer): void {
    const end = at + data.length;
    if (at > this._position) {
      if (!this._seeking && this._link !== undefined) {
        this._gap(at, this._link);
      }
      if (at > this._position) {
        return;
      }
    }
    if (end <= this._position) {
      return;
    }
    this._seeking = false;
    const fresh = data.subarray(this._position - at);
    this._position = end;
    this._deliver(this._options.keepQueries === true ? fresh : this._filter.push(fresh));
  }

  private _deliver(data: Uint8Array): void {
    this._credit.deliver(data.length, this._position);
    if (data.length > 0) {
      this._onData.fire(data);
    }
    if (this._options.flow !== 'manual') {
      this._credit.handle(data.length);
    }
  }

  /** Everything from here on is on top of this screen. */
  private _show(reason: ResetReason, screen: Screen): void {
    this._tellSize(screen.size);
    const reset =
      this._options.reset?.(reason, screen.size) ?? (reason === 'attach' ? '' : RESET_TO_INITIAL_STATE);
    const continuation = Buffer.from(screen.continuation, 'base64');
    this._filter.reset();
    this._position = screen.offset;
    this._deliver(
      Buffer.concat([
        typeof reset === 'string' ? Buffer.from(reset) : reset,
        Buffer.from(screen.snapshot),
        // It may be the first half of a query.
        this._options.keepQueries === true ? continuation : this._filter.push(continuation),
      ]),
    );
  }

  private async _lagged(link: StreamLink): Promise<void> {
    if (this._options.whenBehind !== 'output') {
      this._startCatchUp();
      return;
    }
    this._setState('catching-up');
    await this._credit.drained(0);
    if (this._link === link) {
      this._seek(link);
      this._setState('live');
    }
  }

  private _gap(to: number, link: StreamLink): void {
    if (to <= this._position || this._state !== 'live') {
      return;
    }
    if (this._wantsOutput) {
      this._skipTo(to);
      this._seeking = false;
    } else if (this._link === link) {
      this._startCatchUp();
    }
  }

  private _skipTo(to: number): void {
    if (to > this._position) {
      const gap = { from: offset(this._position), to: offset(to) };
      this._deliver(this._filter.flush());
      this._position = to;
      this._onGap.fire(gap);
    }
  }

  private _startCatchUp(): void {
    this._setState('catching-up');
    this._catchUp.start();
  }

  /** The screen that was shown last is so fresh that the output itself can go on from it. */
  private _caughtUp(): void {
    if (this._link !== undefined && this._state === 'catching-up') {
      this._seek(this._link);
      this._setState('live');
      this._exitWhenDue();
    }
  }

  private _seek(link: StreamLink): void {
    this._seeking = true;
    this._credit.seek(this._position);
    link.send({ kind: 'seek', offset: offset(this._position) });
  }

  /** The stream broke: asks for another one until there is one, or nothing to be seen any more. */
  private async _broken(link: StreamLink): Promise<void> {
    if (this._link !== link || this._state === 'ended') {
      return;
    }
    this._catchUp.stop();
    const wasBehind = this._state === 'catching-up';
    this._link = undefined;
    this._setState('reconnecting');
    const backoff = new Backoff();
    while (this._state === 'reconnecting') {
      try {
        const history = this._options.resetHistory ?? this._options.history;
        const opened = await openStream(this._host, {
          target: this._target,
          mode: this._options.mode,
          ...(this._size === undefined ? {} : { size: this._size }),
          ...(history === undefined ? {} : { history }),
        });
        this._resume(opened, wasBehind);
        return;
      } catch (error) {
        const known = HoldfastError.from(error);
        if (isForGood(known)) {
          this._gone(known);
          return;
        }
        await this._pause.wait(backoff.next());
      }
    }
  }

  private _resume({ result, link }: Opened, wasBehind: boolean): void {
    if (this._state === 'ended') {
      link?.close();
      return;
    }
    this._setState('live');
    const missed = result.offset - this._position;
    if (this._wantsOutput || (link !== undefined && !wasBehind && missed > 0 && missed <= LAG_LIMIT)) {
      // The journal holds what was missed, or GAP says that it does not.
      if (link !== undefined) {
        this._seek(link);
      }
    } else if (missed !== 0 || wasBehind) {
      this._show('reattach', result);
    }
    this._goOn(result, link);
  }

  private _exitWhenDue(): void {
    if (this._exit !== undefined && this._state === 'live' && this._position >= this._exit.at) {
      this._exited(this._exit.status);
    }
  }

  private _exited(status: ExitStatus): void {
    this._end(() => this._onExit.fire(status));
  }

  private _gone(error: HoldfastError): void {
    this._end(() => this._onDetach.fire({ kind: 'gone', message: error.message }));
  }

  private _setState(state: AttachState): void {
    if (this._state !== state && this._state !== 'ended') {
      this._state = state;
      this._onState.fire(state);
    }
  }

  private _end(tell: () => void): void {
    if (this._state === 'ended') {
      return;
    }
    const link = this._link;
    this._link = undefined;
    link?.close();
    this._deliver(this._filter.flush());
    this._setState('ended');
    this._credit.release();
    tell();
    super.dispose();
  }
}

/** Errors that another attempt can't mend: there is nothing to be seen any more. */
const isForGood = ({ code }: HoldfastError): boolean =>
  code === 'SESSION_NOT_FOUND' ||
  code === 'TERMINAL_NOT_FOUND' ||
  code === 'INVALID_INPUT' ||
  code === 'PROTOCOL_MISMATCH';

import { Emitter, type Event } from '../lifecycle/event';
import { Disposable, toDisposable } from '../lifecycle/lifecycle';
import { HoldfastError } from '../protocol/errors';
import type { Frame } from '../protocol/frames';
import { LAG_LIMIT } from '../protocol/frames';
import { type Offset, offset, type ViewerId } from '../protocol/ids';
import type { Size, ViewerMode } from '../protocol/model';
import { isStoppingKey } from '../protocol/stoppingKeys';
import {
  type TerminalAttach,
  TerminalOutput,
  TerminalRefresh,
  TerminalTheme,
  type ThemeColors,
} from '../protocol/terminals';
import type {
  AttachInfo,
  Attachment,
  AttachOptions,
  AttachState,
  DetachReason,
  ExitStatus,
  Gap,
} from './attachmentTypes';
import { historyAfterReset, paramsToAttach, paramsToReattach } from './attachParams';
import { CatchUp, MAX_WAITING_BYTES } from './catchUp';
import { Delivery } from './delivery';
import { type AttachHost, type Opened, openStream, reopenStream } from './openStream';
import { Reach } from './reach';
import { Pause } from './retry';
import { screenInPlace } from './screenInPlace';
import { signalName } from './signalName';
import type { StreamLink } from './streamLink';

/** @throws HoldfastError what `terminal/attach` throws */
export const attachTerminal = async (host: AttachHost, options: AttachOptions): Promise<Attachment> => {
  const { result, link } = await openStream(host, paramsToAttach(options));
  return new TerminalAttachment(host, options, result, link);
};

class TerminalAttachment extends Disposable implements Attachment {
  private readonly _onExit = this._register(new Emitter<ExitStatus>());
  public readonly onExit = this._onExit.event;
  private readonly _onDetach = this._register(new Emitter<DetachReason>());
  public readonly onDetach = this._onDetach.event;
  private readonly _onState = this._register(new Emitter<AttachState>());
  public readonly onState = this._onState.event;
  public readonly onDidChangeReachable: Event<boolean>;

  public readonly info: AttachInfo;
  private readonly _delivery: Delivery;
  private readonly _reach: Reach;
  public readonly onData: Event<Uint8Array>;
  public readonly onResize: Event<Size>;
  public readonly onGap: Event<Gap>;
  private readonly _pause = this._register(new Pause());
  private readonly _catchUp: CatchUp;
  private readonly _target: TerminalAttach.Params['target'];
  private _state: AttachState = 'live';
  private _started = false;
  private _size: Size | undefined;
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
    this._reach = this._register(new Reach(_host.onSessionsChanged, session, terminal.id));
    this.onDidChangeReachable = this._reach.onDidChange;
    this._register(toDisposable(() => this._catchUp.stop()));
    this._delivery = this._register(
      new Delivery(_options, _options.from ?? _first.offset, (upTo) => {
        this._link?.send({ kind: 'ack', offset: offset(upTo) });
      }),
    );
    this.onData = this._delivery.onData;
    this.onResize = this._delivery.onResize;
    this.onGap = this._delivery.onGap;
    this._catchUp = new CatchUp({
      history: () => historyAfterReset(_options, 'caught-up'),
      refresh: (rows) => this._refresh(rows),
      drained: () => this._delivery.credit.drained(_options.restBytes ?? MAX_WAITING_BYTES),
      show: (reason, screen) => this._delivery.show(reason, screen),
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

  public get isReachable(): boolean {
    return this._reach.isReachable;
  }

  public get viewer(): ViewerId | undefined {
    return this._link?.viewer;
  }

  public get offset(): Offset {
    return offset(this._delivery.position);
  }

  public start(): void {
    if (this._started || this._state === 'ended') {
      return;
    }
    this._started = true;
    if (this._options.from === undefined) {
      this._delivery.show('attach', this._first);
    }
    this._goOn(this._first, this._link);
  }

  public write(data: string | Uint8Array): boolean {
    const bytes = asBuffer(data);
    const isSent = this._options.mode === 'interactive' && this._link?.sendInput(bytes) === true;
    // A key that stops a program may make a viewer that is behind one that is shown screens.
    if (isSent && (this._state === 'catching-up' || isStoppingKey(bytes))) {
      this._catchUp.hurry();
    }
    return isSent;
  }

  public setTheme(colors: ThemeColors): void {
    this._host.call(TerminalTheme.type, { target: this._target, colors }).catch(() => {
      // No daemon at the moment: the colours known before are right enough.
    });
  }

  public resize(size: Size): void {
    this._size = size;
    if (this._options.mode === 'interactive') {
      this._link?.send({ kind: 'resize', ...size });
    }
  }

  public async redraw(): Promise<boolean> {
    const link = this._link;
    if (this._state !== 'live' || link === undefined) {
      // The screens of one that is catching up are whole ones.
      return this._state !== 'reconnecting';
    }
    const isWanted = (): boolean => this._link === link && this.state === 'live';
    try {
      const found = await screenInPlace({
        history: (reason) => historyAfterReset(this._options, reason),
        refresh: (rows) => this._refresh(rows),
        standsTo: (at) => this._standsTo(at),
        isWanted,
      });
      if (found === undefined) {
        return this._link === link;
      }
      const isAt = this._delivery.position === found.screen.offset;
      this._delivery.show(found.reason, found.screen);
      if (!isAt) {
        this._delivery.seek(link);
      }
      this._exitWhenDue();
      return true;
    } catch {
      // No daemon at the moment, or no such terminal any more: what stands there is all there is.
      return false;
    }
  }

  public focus(): void {
    if (this._options.mode === 'interactive') {
      this._link?.send({ kind: 'focus' });
    }
  }

  public acknowledge(bytes: number): void {
    if (this._options.flow === 'manual') {
      this._delivery.credit.handle(bytes);
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
      if (this._delivery.position !== (result.stream?.from ?? result.offset)) {
        this._delivery.seek(link);
      }
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
          since: offset(this._delivery.position),
          ansi: true,
        });
        this._delivery.skipTo(rest.from);
        this._delivery.output(rest.from, Buffer.from(rest.text, 'base64'));
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
          state: terminal.state,
        }),
      );
    }
  }

  private get _wantsOutput(): boolean {
    return this._options.from !== undefined || this._options.whenBehind === 'output';
  }

  private _onFrame(frame: Frame, link: StreamLink): void {
    this._reach.heard();
    switch (frame.kind) {
      case 'output':
        if (this._state === 'live') {
          this._output(frame.offset, frame.data, link);
        }
        break;
      case 'resized':
        if (this._state === 'live') {
          this._delivery.resized(frame.offset, { cols: frame.cols, rows: frame.rows });
        }
        break;
      case 'exited': {
        // What a signal ended has no exit code: the frame's 0 would read as success.
        const exitCode = frame.signal === 0 ? frame.exitCode : null;
        this._exit = {
          at: frame.offset,
          status: { exitCode, signal: signalName(frame.signal) },
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

  private _output(at: number, data: Buffer, link: StreamLink): void {
    if (this._delivery.output(at, data) === 'hole') {
      this._gap(at, link);
      this._delivery.output(at, data);
    }
  }

  private _refresh(history: number | undefined): Promise<TerminalRefresh.Result> {
    return this._host.call(TerminalRefresh.type, {
      terminal: this.info.terminal.id,
      bytes: true,
      ...(history === undefined ? {} : { history }),
    });
  }

  private _standsTo(at: number): 'before' | 'at' | 'behind' {
    const { position, credit } = this._delivery;
    if (position > at) {
      return 'behind';
    }
    const isTaken = credit.outstanding <= (this._options.restBytes ?? MAX_WAITING_BYTES);
    return position === at && isTaken ? 'at' : 'before';
  }

  private async _lagged(link: StreamLink): Promise<void> {
    if (this._options.whenBehind !== 'output') {
      this._startCatchUp();
      return;
    }
    this._setState('catching-up');
    await this._delivery.credit.drained(0);
    if (this._link === link) {
      this._delivery.seek(link);
      this._setState('live');
    }
  }

  private _gap(to: number, link: StreamLink): void {
    if (to <= this._delivery.position || this._state !== 'live') {
      return;
    }
    if (this._wantsOutput) {
      this._delivery.skipTo(to);
    } else if (this._link === link) {
      this._startCatchUp();
    }
  }

  private _startCatchUp(): void {
    this._setState('catching-up');
    this._catchUp.start();
  }

  /** The screen that was shown last is so fresh that the output itself can go on from it. */
  private _caughtUp(): void {
    if (this._link !== undefined && this._state === 'catching-up') {
      this._delivery.seek(this._link);
      this._setState('live');
      this._exitWhenDue();
    }
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
    const params = paramsToReattach(this._target, this._options, this._size);
    try {
      const isWanted = (): boolean => this._state === 'reconnecting';
      const opened = await reopenStream(this._host, params, this._pause, isWanted);
      if (opened !== undefined) {
        this._resume(opened, wasBehind);
      }
    } catch (error) {
      this._gone(HoldfastError.from(error));
    }
  }

  private _resume({ result, link }: Opened, wasBehind: boolean): void {
    if (this._state === 'ended') {
      link?.close();
      return;
    }
    this._setState('live');
    const missed = result.offset - this._delivery.position;
    const isInJournal = link !== undefined && !wasBehind && missed > 0 && missed <= LAG_LIMIT;
    // The journal holds what was missed, or GAP says that it does not.
    if (!this._wantsOutput && !isInJournal && (missed !== 0 || wasBehind)) {
      this._delivery.show('reattach', result);
    }
    this._goOn(result, link);
  }

  private _exitWhenDue(): void {
    if (this._exit !== undefined && this._state === 'live' && this._delivery.position >= this._exit.at) {
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
    this._delivery.flush();
    this._setState('ended');
    this._delivery.credit.release();
    tell();
    super.dispose();
  }
}

const asBuffer = (data: string | Uint8Array): Buffer => {
  if (typeof data === 'string') {
    return Buffer.from(data);
  }
  return Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
};

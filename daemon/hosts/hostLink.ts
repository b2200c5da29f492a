import { rmSync } from 'node:fs';
import type { NotificationType, RequestType } from 'vscode-jsonrpc';
import { Emitter } from '../lifecycle/event';
import { Disposable } from '../lifecycle/lifecycle';
import { readJsonFile } from '../platform/privateFile';
import { processState, workOf } from '../platform/processIdentity';
import { HoldfastError, type WireError } from '../protocol/errors';
import type { Hello } from '../protocol/hello';
import {
  HostActivity,
  HostAttended,
  HostExited,
  HostPing,
  type HostRecord,
  HostRegister,
  HostRelease,
  HostStatus,
  HostViewersChanged,
  HostWaitingChanged,
  type LaunchLine,
  type TerminalActivity,
} from '../protocol/host';
import type { HostId } from '../protocol/ids';
import type { PtyHostInfo } from '../protocol/model';
import { dial } from '../transport/dial';
import { RpcPeer } from '../transport/rpc';
import { Heartbeat } from './heartbeat';
import { unanswered, unreachable } from './hostErrors';
import { type OtherBuild, otherBuildOf } from './otherBuild';
import { removeStaleSocket } from './staleSocket';
import { asHostRecord } from './startHost';

export interface HostLinkOptions {
  /** Where the PTY host keeps its record; read again before each attempt, for it may have bound anew. */
  readonly recordPath: string;
  readonly client: Hello['client'];
  /** How this daemon is started again, as it is at this moment. */
  readonly launch: () => LaunchLine;
  /** Whether anybody would see that the PTY host hangs. */
  readonly isWatched: () => boolean;
}

export interface HostCallOptions {
  /** How long the PTY host may take; CALL_TIMEOUT_MS unless given. */
  readonly timeoutMs?: number;
  /** Done twice it is not the same: an error says so when it is on its way and not answered. */
  readonly actsOnce?: boolean;
}

/** An answer that takes longer makes the PTY host be asked whether it is there at all. */
const PROMPT_MS = 100;
/** How long a PTY host may take to answer; it does nothing that blocks, so more means that it hangs. */
const CALL_TIMEOUT_MS = 10_000;
/** Its death is seen as a broken connection some ms before its pid is gone: that long nothing is said. */
const QUIET_MS = 300;
const END_POLL_MS = 5;
const FIRST_RETRY_MS = 20;
const LONGEST_RETRY_MS = 5000;

/**
 * The daemon's connection to one PTY host, renewed until that process is known to be dead. A PTY host that
 * does not answer is unreachable, never dead: only the end of its process is.
 */
export class HostLink extends Disposable {
  private readonly _onConnected = this._register(new Emitter<HostStatus.Result>());
  /** Registered and answering, with everything it holds; fires again after each renewal. */
  public readonly onConnected = this._onConnected.event;
  private readonly _onUnreachable = this._register(new Emitter<void>());
  public readonly onUnreachable = this._onUnreachable.event;
  private readonly _onRefused = this._register(new Emitter<HoldfastError>());
  /** It lives and answers, and is of a build with which there is no protocol in common; told once. */
  public readonly onRefused = this._onRefused.event;
  private readonly _onDead = this._register(new Emitter<void>());
  public readonly onDead = this._onDead.event;
  private readonly _onExited = this._register(new Emitter<HostExited.Params>());
  public readonly onExited = this._onExited.event;
  private readonly _onViewersChanged = this._register(new Emitter<HostViewersChanged.Params>());
  public readonly onViewersChanged = this._onViewersChanged.event;
  private readonly _onWaitingChanged = this._register(new Emitter<HostWaitingChanged.Params>());
  public readonly onWaitingChanged = this._onWaitingChanged.event;
  private readonly _onAttended = this._register(new Emitter<HostAttended.Params>());
  public readonly onAttended = this._onAttended.event;

  private _peer: RpcPeer | undefined;
  private _heartbeat: Heartbeat | undefined;
  private _state: 'connecting' | 'connected' | 'unreachable' | 'dead' = 'connecting';
  private _otherBuild: OtherBuild | undefined;
  private _retryMs = FIRST_RETRY_MS;
  private _brokenSince: number | undefined;
  private _timer: NodeJS.Timeout | undefined;
  private _released = false;
  private _terminals = 0;
  private _activityUpTo = 0;

  public constructor(
    private _record: HostRecord,
    private readonly _options: HostLinkOptions,
  ) {
    super();
  }

  public get id(): HostId {
    return this._record.id;
  }

  public get record(): HostRecord {
    return this._record;
  }

  /**
   * Where its streams are opened at this moment: it may have bound anew since it was connected to. The token opens
   * nothing else, where the PTY host is of a build that has one for that.
   */
  public readAddress(): Pick<HostRecord, 'socket' | 'token'> {
    this._readRecord();
    const { socket, token, streamToken = token } = this._record;
    return { socket, token: streamToken };
  }

  public get state(): typeof this._state {
    return this._state;
  }

  /** Its build, where there is no protocol in common with it: that lasts as long as its process. */
  public get otherBuild(): OtherBuild | undefined {
    return this._otherBuild;
  }

  public get info(): PtyHostInfo {
    return {
      id: this.id,
      pid: this._record.pid,
      version: this._record.version,
      terminals: this._terminals,
      reachable: this._state === 'connected',
      ...(this._otherBuild === undefined ? {} : { otherProtocol: this._otherBuild.protocol }),
    };
  }

  /** Tries to connect, and goes on trying by itself. Resolves when it is known how it stands. */
  public async connect(): Promise<void> {
    if (this._isDisposed || this._state === 'dead' || this._released) {
      return;
    }
    this._readRecord();
    if (processState(this._record.pid, this._record.startTime) === 'dead') {
      this._die();
      return;
    }
    try {
      await this._connectOnce();
      this._retryMs = FIRST_RETRY_MS;
      this._brokenSince = undefined;
    } catch (error) {
      // Whatever the reason, the same call again is all that can be done; the state tells others.
      this._peer?.dispose();
      this._peer = undefined;
      this._takeRefusal(error);
      this._retryLater();
    }
  }

  /** @throws SESSION_UNREACHABLE when the PTY host does not answer, else what it answered with */
  public async call<P, R>(
    type: RequestType<P, R, WireError>,
    params: P,
    options: HostCallOptions = {},
  ): Promise<R> {
    const peer = this._peer;
    if (this._state !== 'connected' || peer === undefined) {
      throw this._unreachable();
    }
    const timeoutMs = options.timeoutMs ?? CALL_TIMEOUT_MS;
    let timer = setTimeout(() => {
      // Whoever asks next should know how it stands; an answer in time says that already.
      this._heartbeat?.ask();
      timer = setTimeout(() => this._silent(peer), timeoutMs - PROMPT_MS);
    }, PROMPT_MS);
    try {
      return await peer.call(type, params);
    } catch (error) {
      const known = HoldfastError.from(error);
      if (known.code !== 'DAEMON_UNAVAILABLE') {
        throw known;
      }
      throw options.actsOnce === true ? unanswered(this._record.pid) : this._unreachable();
    } finally {
      clearTimeout(timer);
    }
  }

  /** Tells the PTY host anew how this daemon is started again. */
  public async register(): Promise<void> {
    await this.call(HostRegister.type, { launch: this._options.launch() });
  }

  /** Whether its process has ended, or does within `timeoutMs`: one that leaves breaks off some ms before. */
  public async endsWithin(timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    while (!this.isProcessDead) {
      if (performance.now() > deadline) {
        return false;
      }
      await new Promise((resolve) => setTimeout(resolve, END_POLL_MS));
    }
    return true;
  }

  /** What has changed in its terminals since this was asked last, or since the connection was made. */
  public async activity(): Promise<readonly TerminalActivity[]> {
    const { upTo, running, terminals } = await this.call(HostActivity.type, { since: this._activityUpTo });
    this._activityUpTo = upTo;
    this._terminals = running;
    return terminals;
  }

  /** Says goodbye: the PTY host won't restart this daemon. The connection ends with it. */
  public async release(reason: HostRelease.Params['reason']): Promise<void> {
    this._released = true;
    try {
      await this.call(HostRelease.type, { reason });
    } catch {
      // It is gone or silent; either way it can't be told.
    }
    this._peer?.dispose();
  }

  public get isProcessDead(): boolean {
    return processState(this._record.pid, this._record.startTime) === 'dead';
  }

  public override dispose(): void {
    clearTimeout(this._timer);
    this._released = true;
    this._heartbeat?.dispose();
    this._peer?.dispose();
    super.dispose();
  }

  private _unreachable(): HoldfastError {
    return unreachable(`the PTY host ${this._record.pid}`, this._otherBuild);
  }

  /** Something else may answer on its socket: whether it is of another build is what its record says. */
  private _takeRefusal(error: unknown): void {
    if (this._otherBuild === undefined && HoldfastError.from(error).code === 'PROTOCOL_MISMATCH') {
      this._otherBuild = otherBuildOf(this._record);
      if (this._otherBuild !== undefined) {
        this._onRefused.fire(this._unreachable());
      }
    }
  }

  private _readRecord(): void {
    this._record = asHostRecord(readJsonFile(this._options.recordPath)) ?? this._record;
  }

  private async _connectOnce(): Promise<void> {
    const { socket } = await dial(this._record, this._options.client, { timeoutMs: CALL_TIMEOUT_MS });
    if (this._isDisposed) {
      socket.destroy();
      return;
    }
    const peer = new RpcPeer(socket);
    this._peer = peer;
    this._relay(peer, HostExited.type, this._onExited);
    this._relay(peer, HostViewersChanged.type, this._onViewersChanged);
    this._relay(peer, HostWaitingChanged.type, this._onWaitingChanged);
    this._relay(peer, HostAttended.type, this._onAttended);
    peer.onClose(() => this._broken(peer));
    peer.listen();
    await peer.call(HostRegister.type, { launch: this._options.launch() }, { timeoutMs: CALL_TIMEOUT_MS });
    const status = await peer.call(HostStatus.type, {}, { timeoutMs: CALL_TIMEOUT_MS });
    this._follow(peer);
    this._reached(status);
  }

  private _reached(status: HostStatus.Result): void {
    this._state = 'connected';
    this._terminals = status.terminals.filter((terminal) => terminal.exit === null).length;
    this._onConnected.fire(status);
  }

  private _follow(peer: RpcPeer): void {
    this._heartbeat?.dispose();
    const heartbeat = new Heartbeat(
      () => peer.call(HostPing.type, {}),
      () => workOf(this._record.pid),
      () => this._state !== 'dead' && !this._released && this._options.isWatched(),
    );
    this._heartbeat = heartbeat;
    heartbeat.onSilent(() => this._doubt(peer));
    heartbeat.onAnswer(() => void this._trustAgain(peer));
    peer.onClose(() => heartbeat.dispose());
  }

  /** It does not answer now; the connection is kept, so that what is under way comes to its end. */
  private _doubt(peer: RpcPeer): void {
    if (this._peer === peer && this._state === 'connected' && !this._released) {
      this._state = 'unreachable';
      this._onUnreachable.fire();
    }
  }

  private async _trustAgain(peer: RpcPeer): Promise<void> {
    try {
      const status = await peer.call(HostStatus.type, {}, { timeoutMs: CALL_TIMEOUT_MS });
      if (this._peer === peer && this._state === 'unreachable' && !this._released) {
        this._reached(status);
      }
    } catch {
      // It broke off, or hangs again: a new connection shows which.
      this._silent(peer);
    }
  }

  private _relay<P>(peer: RpcPeer, type: NotificationType<P>, emitter: Emitter<P>): void {
    peer.onNotification(type, (params) => emitter.fire(params));
  }

  private _broken(peer: RpcPeer): void {
    const wasConnected = this._state === 'connected' || this._state === 'unreachable';
    if (this._peer !== peer || this._released || !wasConnected) {
      return;
    }
    this._peer = undefined;
    this._state = this._state === 'connected' ? 'connecting' : 'unreachable';
    this._retryLater();
  }

  /** It hangs: what it may still do is found out by asking for everything it holds once it answers again. */
  private _silent(peer: RpcPeer): void {
    this._doubt(peer);
    if (this._peer === peer && !this._released) {
      this._peer = undefined;
      this._retryLater();
    }
    peer.dispose();
  }

  private _retryLater(): void {
    if (this._isDisposed || this._released || this._state === 'dead') {
      return;
    }
    this._brokenSince ??= performance.now();
    const isKnown = this._otherBuild !== undefined || performance.now() - this._brokenSince >= QUIET_MS;
    if (this._state !== 'unreachable' && isKnown) {
      this._state = 'unreachable';
      this._onUnreachable.fire();
    }
    clearTimeout(this._timer);
    this._timer = setTimeout(() => void this.connect(), this._retryMs);
    this._timer.unref();
    this._retryMs = Math.min(this._retryMs * 2, LONGEST_RETRY_MS);
  }

  private _die(): void {
    this._state = 'dead';
    clearTimeout(this._timer);
    removeStaleSocket(this._record.socket);
    rmSync(this._options.recordPath, { force: true });
    this._onDead.fire();
  }
}

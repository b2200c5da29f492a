import { type ChildProcess, spawn } from 'node:child_process';
import { Emitter } from '../lifecycle/event';
import { Disposable, DisposableStore, toDisposable } from '../lifecycle/lifecycle';
import { withoutLostCache } from '../platform/compileCache';
import { plugsIn } from '../platform/plugs';
import { withStartLog } from '../platform/startLog';
import type { HostRelease, LaunchLine } from '../protocol/host';
import { millisFrom, Variable } from '../protocol/variables';
import type { RpcPeer } from '../transport/rpc';
import type { Log } from './log';
import { withoutMasters } from './pty/descriptors';

/** Delays before a restart, when the daemon before it died without having registered. */
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 30_000;
/** A daemon that left for another one is missed when no other has registered by then. Tests shorten it. */
const REPLACE_MS = millisFrom(Variable.PTY_HOST_REPLACE_MS, 10_000);
/** A daemon leaves with 0 when another one has the lock, which registers once it has read its store. */
const OTHER_MS = 1000;

/**
 * Knows the daemon, and starts it again when it is gone while terminals are here: at once, and with a growing
 * delay only if the last one died before it registered. Never ends one, but takes back a start that has become
 * superfluous.
 */
export class DaemonKeeper extends Disposable {
  private readonly _onDidLose = this._register(new Emitter<void>());
  /** The daemon broke off, and is about to be started again. */
  public readonly onDidLose = this._onDidLose.event;
  private readonly _connection = this._register(new DisposableStore());
  private _peer: RpcPeer | undefined;
  private _launch: LaunchLine | undefined;
  private _stopped = false;
  private _delay = 0;
  private _timer: NodeJS.Timeout | undefined;
  /** Started, and neither registered nor ended yet. */
  private _starting: ChildProcess | undefined;

  public constructor(
    private readonly _hasTerminals: () => boolean,
    private readonly _log: Log,
    /** Where a daemon that can't start says why. */
    private readonly _logFolder: string,
  ) {
    super();
    this._register(toDisposable(() => clearTimeout(this._timer)));
  }

  /** The daemon that has registered last, while it is connected. */
  public get peer(): RpcPeer | undefined {
    return this._peer;
  }

  /** Told to leave once nothing runs here. */
  public get isStopped(): boolean {
    return this._stopped;
  }

  /** @param pid the daemon's process */
  public register(peer: RpcPeer, launch: LaunchLine, pid: number): void {
    clearTimeout(this._timer);
    if (this._starting?.pid !== pid) {
      // Somebody else was faster. Should that one leave on purpose before ours looks, ours would stay.
      this._starting?.kill();
    }
    this._starting = undefined;
    this._connection.clear();
    this._peer = peer;
    this._launch = launch;
    this._stopped = false;
    this._delay = 0;
    this._connection.add(peer.onClose(() => this._lost()));
  }

  /** Of a daemon that has been followed by another, this is not about us any more. */
  public release(peer: RpcPeer, reason: HostRelease.Params['reason']): void {
    if (peer !== this._peer) {
      return;
    }
    this._forget();
    if (reason === 'stop') {
      this._stopped = true;
    } else {
      this._schedule(REPLACE_MS);
    }
  }

  private _lost(): void {
    this._forget();
    this._onDidLose.fire();
    this._start();
  }

  private _forget(): void {
    this._peer = undefined;
    this._connection.clear();
  }

  private _schedule(delay: number): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._start(), delay);
  }

  private _start(): void {
    const launch = this._launch;
    const wanted = this._peer === undefined && !this._stopped && !this._isDisposed;
    if (launch === undefined || !wanted || this._starting !== undefined || !this._hasTerminals()) {
      return;
    }
    let child: ChildProcess;
    try {
      child = this._spawn(launch);
    } catch (error) {
      // No descriptor is free, say: later one may be.
      this._log(`the daemon can't be started now: ${(error as Error).message}`);
      this._retry();
      return;
    }
    child.unref();
    this._starting = child;
    // Of one that had registered, the broken connection tells; and the next may be starting already.
    const onEnd = (why: string, next: () => void): void => {
      if (this._starting === child) {
        this._starting = undefined;
        this._log(`the daemon ended before it registered (${why})`);
        next();
      }
    };
    child.on('error', (error) => onEnd(error.message, () => this._retry()));
    child.on('exit', (code, signal) =>
      onEnd(`${signal ?? code}`, () => (code === 0 ? this._schedule(OTHER_MS) : this._retry())),
    );
  }

  private _spawn(launch: LaunchLine): ChildProcess {
    const spawnWith = (stderr: number | 'ignore'): ChildProcess =>
      withoutMasters((nothing) =>
        spawn(launch.executable, [...launch.args], {
          cwd: process.platform === 'win32' ? undefined : '/',
          env: { ...withoutLostCache(launch.environment), ...plugsIn(nothing) },
          detached: true,
          stdio: nothing.map((entry, fd) => (fd === 2 ? stderr : entry)),
          windowsHide: true,
        }),
      );
    try {
      return withStartLog(this._logFolder, spawnWith);
    } catch {
      // The disk is full, or the folder can't be written: nobody will read why, but a daemon may still start.
      return spawnWith('ignore');
    }
  }

  private _retry(): void {
    this._delay = Math.min(Math.max(FIRST_RETRY_MS, 2 * this._delay), MAX_RETRY_MS);
    this._schedule(this._delay);
  }
}

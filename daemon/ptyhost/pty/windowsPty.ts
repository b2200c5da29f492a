import { type IPty, spawn } from 'node-pty';
import { Disposable, toDisposable } from '../../lifecycle/lifecycle';
import type { Size } from '../../protocol/model';
import type { Pty, PtyEvents, PtyExit, PtyOptions } from './pty';
import { spawnFailed } from './spawnErrors';

/** node-pty waits for the output to end by itself there; this long after the exit it is taken as complete. */
const FLUSH_MS = 250;

/** A pseudo console, through node-pty's own path and the conpty.dll it brings along. */
export class WindowsPty extends Disposable implements Pty {
  public readonly ptsName = null;
  private _events: PtyEvents | undefined;
  private readonly _early: Buffer[] = [];
  private _exit: PtyExit | undefined;

  public static spawn(options: PtyOptions): Promise<WindowsPty> {
    try {
      const pty = spawn(options.executable, [...options.args], {
        cols: options.size.cols,
        rows: options.size.rows,
        cwd: options.cwd,
        env: { ...options.environment },
        encoding: null,
        useConptyDll: true,
      });
      return Promise.resolve(new WindowsPty(pty));
    } catch (error) {
      return Promise.reject(spawnFailed(options.executable, (error as Error).message));
    }
  }

  private constructor(private readonly _pty: IPty) {
    super();
    this._register(_pty.onData((data: string | Buffer) => this._read(Buffer.from(data as string))));
    this._register(
      _pty.onExit(({ exitCode, signal }) => {
        const timer = setTimeout(() => this._exited({ exitCode, signal: signal ?? 0 }), FLUSH_MS);
        this._register(toDisposable(() => clearTimeout(timer)));
      }),
    );
  }

  public get pid(): number {
    return this._pty.pid;
  }

  public get foreground(): string | null {
    return this._pty.process === '' ? null : this._pty.process;
  }

  public start(events: PtyEvents): void {
    this._events = events;
    for (const data of this._early.splice(0)) {
      events.onData(data);
    }
    if (this._exit !== undefined) {
      this._exited(this._exit);
    }
  }

  public writeNow(data: Buffer): number {
    this._pty.write(data);
    return data.length;
  }

  public resize(size: Size): void {
    if (this._exit === undefined) {
      this._pty.resize(size.cols, size.rows);
    }
  }

  public pause(): void {
    this._pty.pause();
  }

  public resume(): void {
    this._pty.resume();
  }

  public drain(): void {
    // A pseudo console's pipe is read by a worker; what it has read arrives by itself.
  }

  public end(_how: 'hang-up' | 'kill'): Promise<void> {
    // Closing the pseudo console sends CTRL_CLOSE_EVENT to everything attached to it, then ends it.
    this._pty.kill();
    return Promise.resolve();
  }

  private _read(data: Buffer): void {
    if (this._events === undefined) {
      this._early.push(data);
    } else {
      this._events.onData(data);
    }
  }

  private _exited(exit: PtyExit): void {
    this._exit = exit;
    if (this._events !== undefined) {
      this.dispose();
      this._events.onExit(exit);
    }
  }
}

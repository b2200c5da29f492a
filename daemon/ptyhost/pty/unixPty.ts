import { closeSync, constants, existsSync, openSync, readSync, writeSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ReadStream } from 'node:tty';
import { loadNativeModule, type UnixPtyNative } from 'node-pty/lib/utils';
import { Disposable, toDisposable } from '../../lifecycle/lifecycle';
import { HoldfastError } from '../../protocol/errors';
import type { Size } from '../../protocol/model';
import { noteMaster, withoutHoles } from './descriptors';
import { checkExecutable } from './executable';
import { waitForExec } from './execWatch';
import { signalGroups } from './processGroups';
import { DRAIN_BYTES, type Pty, type PtyEvents, type PtyExit, type PtyOptions } from './pty';
import { noPty, spawnFailed } from './spawnErrors';
import { mostToRead } from './typing';

/** One read takes at most this much; also the largest record of a journal. */
const READ_BYTES = 64 * 1024;
/**
 * A read this long means a flood: more is read at once, which saves a round of the event loop for each 4 KiB
 * the kernel hands out. A lone echo is shorter and goes out as it is.
 */
const BUSY_BYTES = 2048;

/** What node-pty's child prints before it gives up, pty.cc: perror("execvp(3) failed."). */
const CHILD_FAILURE = /^(?:execvp\(3\)|chdir\(2\)) failed\.: ([^\r\n]*)\r?\n$/;

/** All terminals read into the same memory: what was read is handed on before the next read. */
const readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);

/**
 * A PTY on Linux and macOS, on node-pty's native part and not on its UnixTerminal, which closes the master
 * 200 ms after the exit whether it is drained or not, spins while a program does not read its input, and can't
 * have bytes and IUTF8 (the line discipline's knowledge of UTF-8, so that a backspace erases a character)
 * together.
 *
 * Nothing is lost: libuv takes a short read with a hang-up for the end. So the slave is kept open here, which
 * keeps the hang-up away; after the exit the master is read until it is empty, and only then closed.
 */
export class UnixPty extends Disposable implements Pty {
  private readonly _stream: ReadStream;
  private readonly _slave: number;
  private _events: PtyEvents | undefined;
  private _exit: PtyExit | undefined;
  private _paused = false;
  private readonly _onEarlyExit = new Set<() => void>();

  public static async spawn(options: PtyOptions): Promise<UnixPty> {
    checkExecutable(options.executable, options.cwd, options.environment);
    const pty = new UnixPty(options);
    await waitForExec(pty.pid, (ended) => pty._whenEnded(ended));
    const failure = pty._exit?.exitCode === 1 ? CHILD_FAILURE.exec(pty._peek()) : null;
    if (failure !== null) {
      pty.dispose();
      throw spawnFailed(options.executable, failure[1] ?? 'unknown');
    }
    return pty;
  }

  public readonly pid: number;
  public readonly ptsName: string;
  private readonly _fd: number;
  /** Read before `start`. */
  private _early = '';

  private constructor(options: PtyOptions) {
    super();
    const native = nativePty();
    const forked = fork(native.module, native.helperPath, options, (exit) => this._exited(exit));
    this.pid = forked.pid;
    this.ptsName = forked.pty;
    this._fd = forked.fd;
    this._register(toDisposable(noteMaster(forked.fd)));
    try {
      this._slave = openSync(forked.pty, constants.O_RDWR | constants.O_NOCTTY);
    } catch (error) {
      // The hang-up that follows from closing the master ends the program.
      this.dispose();
      closeSync(forked.fd);
      throw noPty((error as Error).message);
    }
    this._register(toDisposable(() => closeSync(this._slave)));
    const onread = { buffer: readBuffer, callback: (length: number) => this._read(length) };
    this._stream = new ReadStream(forked.fd, { onread } as object);
    this._stream.on('error', () => {
      // Only a closed slave makes the master fail, and the exit tells about that.
    });
    this._register(toDisposable(() => this._stream.destroy()));
  }

  public get foreground(): string | null {
    if (this._isDisposed) {
      return null;
    }
    const name = nativePty().module.process(
      this._fd,
      ...(process.platform === 'darwin' ? [] : [this.ptsName]),
    );
    // A login shell's name begins with a hyphen.
    return name === undefined || name === '' ? null : basename(name).replace(/^-/, '');
  }

  public start(events: PtyEvents): void {
    this._events = events;
    if (this._early !== '') {
      events.onData(Buffer.from(this._early, 'latin1'));
      this._early = '';
    }
    if (this._exit !== undefined) {
      this._exited(this._exit);
    } else {
      this._flow();
    }
  }

  public writeNow(data: Buffer): number {
    if (this._isDisposed) {
      return 0;
    }
    try {
      return writeSync(this._fd, data);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
        return 0;
      }
      throw error;
    }
  }

  public resize(size: Size): void {
    if (!this._isDisposed) {
      nativePty().module.resize(this._fd, size.cols, size.rows, 0, 0);
    }
  }

  public pause(): void {
    this._paused = true;
    this._flow();
  }

  public resume(): void {
    this._paused = false;
    this._flow();
  }

  public drain(): void {
    // Before `start` nobody takes what is read.
    const events = this._events;
    for (let drained = 0; events !== undefined && drained < DRAIN_BYTES && !this._isDisposed; ) {
      const length = this._readOn(this._readNow(0));
      if (length === 0) {
        return;
      }
      drained += length;
      events.onData(readBuffer.subarray(0, length));
    }
  }

  public async end(how: 'hang-up' | 'kill'): Promise<void> {
    await signalGroups({ pid: this.pid, ptsName: this.ptsName }, how, this._exit === undefined);
  }

  private _flow(): void {
    if (this._isDisposed) {
      return;
    }
    if (this._paused || this._events === undefined) {
      this._stream.pause();
    } else {
      this._stream.resume();
    }
  }

  /** libuv has put `length` bytes into the buffer; false stops the reading. */
  private _read(length: number): boolean {
    this._events?.onData(readBuffer.subarray(0, this._readOn(length)));
    return !this._paused;
  }

  /** Reads behind the `length` bytes that are in the buffer, where these mean a flood. @returns how many there are then */
  private _readOn(length: number): number {
    let filled = length;
    const most = mostToRead(this, READ_BYTES);
    while (filled >= BUSY_BYTES && filled <= most - BUSY_BYTES) {
      const more = this._readNow(filled);
      filled += more;
      if (more < BUSY_BYTES) {
        break;
      }
    }
    return filled;
  }

  /** Reads behind what is in the buffer; 0 when nothing is readable: the kernel flushes before it says so. */
  private _readNow(at: number): number {
    try {
      return readSync(this._fd, readBuffer, at, READ_BYTES - at, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // EIO: the slave is closed, which on macOS may come instead of an empty read.
      if (code === 'EAGAIN' || code === 'EIO') {
        return 0;
      }
      throw error;
    }
  }

  private _exited(exit: PtyExit): void {
    this._exit = exit;
    if (this._events === undefined) {
      for (const ended of this._onEarlyExit) {
        ended();
      }
      return;
    }
    this.drain();
    this.dispose();
    this._events.onExit(exit);
  }

  private _whenEnded(ended: () => void): void {
    if (this._exit === undefined) {
      this._onEarlyExit.add(ended);
    } else {
      ended();
    }
  }

  private _peek(): string {
    this._early = readBuffer.toString('latin1', 0, this._readNow(0));
    return this._early;
  }
}

let loaded: { readonly module: UnixPtyNative; readonly helperPath: string } | undefined;

const nativePty = (): { readonly module: UnixPtyNative; readonly helperPath: string } => {
  loaded ??= (() => {
    const { dir, module } = loadNativeModule('pty');
    // macOS only. Bundled, node-pty's folder is the bundle's; else it is where npm has put it.
    const places = [__dirname, resolve(__dirname, '../../../node_modules/node-pty/lib')];
    const helpers = places.map((place) => join(place, dir, 'spawn-helper'));
    return { module, helperPath: helpers.find((path) => existsSync(path)) ?? '' };
  })();
  return loaded;
};

const fork = (
  native: UnixPtyNative,
  helperPath: string,
  { executable, args, cwd, environment, size }: PtyOptions,
  onExit: (exit: PtyExit) => void,
): ReturnType<UnixPtyNative['fork']> => {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const { cols, rows } = size;
  const exited = (exitCode: number, signal: number): void => onExit({ exitCode, signal });
  const start = (): ReturnType<UnixPtyNative['fork']> => {
    try {
      return native.fork(executable, args, variables, cwd, cols, rows, -1, -1, true, helperPath, exited);
    } catch (error) {
      const { message } = error as Error;
      throw canOpenPty(native) ? spawnFailed(executable, message) : noPty(message);
    }
  };
  try {
    return withoutHoles(start);
  } catch (error) {
    throw error instanceof HoldfastError ? error : noPty((error as Error).message);
  }
};

/** forkpty(3) fails alike for want of a PTY, of a descriptor and of a process. */
const canOpenPty = (native: UnixPtyNative): boolean => {
  try {
    const { master, slave } = native.open(2, 2);
    closeSync(master);
    closeSync(slave);
    return true;
  } catch {
    // Neither here: it was the PTY.
    return false;
  }
};

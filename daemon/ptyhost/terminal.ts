import { existsSync, rmSync } from 'node:fs';
import type { Cursor, Journal } from '../journal/journal';
import { Emitter } from '../lifecycle/event';
import { Disposable, type IDisposable, toDisposable } from '../lifecycle/lifecycle';
import { startTimeOf } from '../platform/processIdentity';
import { HoldfastError } from '../protocol/errors';
import type { HostExit, HostRead, HostResize, HostSpawn, HostTerminal } from '../protocol/host';
import type { Millis, Offset } from '../protocol/ids';
import { isSize, type Size, type SizeRule } from '../protocol/model';
import { FlowGuard } from './flowGuard';
import { openJournal } from './openJournal';
import { InputQueue } from './pty/inputQueue';
import type { Pty, PtyExit } from './pty/pty';
import { spawnPty } from './pty/spawnPty';
import { noteTyped } from './pty/typing';
import { Readers } from './readers';
import type { StreamReader } from './streamReader';
import { ViewerTable } from './viewerTable';
import type { LineModes } from './waiting/lineModes';
import { lookForWait } from './waiting/lookForWait';
import { WaitWatch } from './waiting/waitWatch';

/** A write that a program has not read by then is taken back. */
const WRITE_TIMEOUT_MS = 10_000;
const MAX_READ_BYTES = 4 * 1024 * 1024;

/** One PTY with its program, its journal, and whoever reads it. */
export class Terminal extends Disposable {
  public readonly viewers = this._register(new ViewerTable());
  public readonly input: InputQueue;

  private readonly _onDidExit = this._register(new Emitter<HostExit>());
  /** The program has ended, and everything it wrote is in the journal. */
  public readonly onDidExit = this._onDidExit.event;

  private readonly _onDidResize = this._register(new Emitter<void>());
  /** The size in force is another one. */
  public readonly onDidResize = this._onDidResize.event;

  private readonly _onDidAttend = this._register(new Emitter<void>());
  /** A viewer has typed, or has it in focus. */
  public readonly onDidAttend = this._onDidAttend.event;

  /** What its program waits for. */
  public readonly waits: WaitWatch;

  private readonly _createdAt = Date.now();
  private readonly _startTime: string | null;
  private readonly _guard: FlowGuard;
  private readonly _readers: Readers;
  /** Whose answers and covers count: the newest that is still there. */
  private readonly _mirrors: object[] = [];
  private _lastOutputAt = this._createdAt;
  private _answeredUpTo: Offset;
  private _exit: HostExit | null = null;
  private _isTakenDown = false;

  /** @throws HoldfastError SPAWN_FAILED, SESSION_LIMIT, INVALID_INPUT */
  public static async spawn(
    params: HostSpawn.Params,
    modes: LineModes,
    note: (text: string) => void,
  ): Promise<Terminal> {
    if (!isSize(params.size.cols, params.size.rows)) {
      throw invalid(`${params.size.cols}x${params.size.rows} is no size of a terminal`);
    }
    const isNew = !existsSync(params.journal);
    const journal = openJournal(params, note);
    let pty: Pty;
    try {
      pty = await spawnPty(params);
    } catch (error) {
      journal.dispose();
      if (isNew) {
        rmSync(params.journal, { force: true });
      }
      throw error;
    }
    return new Terminal(params, pty, journal, modes);
  }

  private constructor(
    private readonly _params: HostSpawn.Params,
    private readonly _pty: Pty,
    private readonly _journal: Journal,
    modes: LineModes,
  ) {
    super();
    // Windows tells through a PowerShell only, which would hold up every terminal for half a second.
    this._startTime = process.platform === 'win32' ? null : startTimeOf(_pty.pid);
    this._answeredUpTo = _journal.head;
    this._register(toDisposable(() => _journal.dispose()));
    this._register(_pty);
    this._readers = this._register(new Readers(_journal, () => this._guard.check()));
    this.input = new InputQueue((data) => _pty.writeNow(data));
    this._register(toDisposable(() => this.input.close()));
    this._guard = this._register(new FlowGuard(_journal, _pty, () => this._readers.awaited));
    this._register(this.viewers.onDidChange(() => this._applyWantedSize()));
    this.waits = this._register(new WaitWatch(() => lookForWait(_pty, modes)));
    _journal.appendResize(_params.size, this._createdAt);
  }

  /** Begins to read. Separate, so that whoever spawns can listen first. */
  public start(): void {
    this.waits.stirred();
    this._pty.start({ onData: (data) => this._wrote(data), onExit: (exit) => this._exited(exit) });
  }

  public get id(): HostSpawn.Params['terminal'] {
    return this._params.terminal;
  }

  public get session(): HostSpawn.Params['session'] {
    return this._params.session;
  }

  public get pid(): number {
    return this._pty.pid;
  }

  public get startTime(): string | null {
    return this._startTime;
  }

  public get ptsName(): string | null {
    return this._pty.ptsName;
  }

  /** With everything in it that the program has written and that has been read. */
  public get journal(): Journal {
    this._readers.settle();
    return this._journal;
  }

  /** Without what the viewers alone have been sent a moment ago. */
  public get writtenJournal(): Journal {
    return this._journal;
  }

  public get exit(): HostExit | null {
    return this._exit;
  }

  public get size(): Size {
    return this._journal.size;
  }

  public get lastOutputAt(): Millis {
    return this._lastOutputAt;
  }

  /** Asks the system. */
  public get foreground(): string | null {
    return this._exit === null ? this._pty.foreground : null;
  }

  public info(): HostTerminal {
    return {
      id: this.id,
      session: this.session,
      pid: this.pid,
      startTime: this._startTime,
      size: this.size,
      head: this.journal.head,
      tail: this.journal.tail,
      answeredUpTo: this._answeredUpTo,
      createdAt: this._createdAt,
      lastOutputAt: this._lastOutputAt,
      exit: this._exit,
      viewers: this.viewers.list(this.size),
      foreground: this.foreground,
      ptsName: this.ptsName,
      ...(this.waits.waiting === undefined ? {} : { waiting: this.waits.waiting }),
    };
  }

  public addReader(reader: StreamReader, of: 'viewers' | 'mirrors'): IDisposable {
    return this._readers.add(reader, of);
  }

  /** A mirror follows; of several, the newest is the one that counts. */
  public addMirror(mirror: object): IDisposable {
    this._mirrors.push(mirror);
    this._guard.mirrorCame();
    return toDisposable(() => {
      this._mirrors.splice(this._mirrors.indexOf(mirror), 1);
      this._guard.mirrorLeft();
    });
  }

  public cover(mirror: object, upTo: Offset): void {
    if (mirror === this._mirrors.at(-1)) {
      this._guard.cover(upTo);
    }
  }

  /** A mirror has read so far. */
  public mirrorRead(mirror: object, upTo: Offset): void {
    if (mirror === this._mirrors.at(-1)) {
      this._guard.read(upTo);
    }
  }

  /** Each query is answered once: `at` is behind the query, and must be behind every one answered before. */
  public answer(mirror: object, at: Offset, data: Buffer): void {
    if (mirror === this._mirrors.at(-1) && at > this._answeredUpTo && at <= this.journal.head) {
      this._answeredUpTo = at;
      // A program that does not read can't have asked; and the mirror must not be held up for it.
      if (!this.input.isFull) {
        this.input.push(data);
      }
    }
  }

  /** Somebody typed. */
  public type(keys: Buffer): void {
    noteTyped(this._pty);
    this.waits.typed(keys);
    this.attend();
    this.input.push(keys);
    this._guard.typed();
    this._readers.expectEcho(Date.now());
  }

  /** A viewer is at it. */
  public attend(): void {
    this._onDidAttend.fire();
  }

  /** Whether a mirror has far less left to read than so many bytes, or will have read it in a moment. */
  public isMirrorNearer(bytes: number): boolean {
    return this._guard.isMirrorNearer(bytes);
  }

  /** @throws HoldfastError SESSION_EXITED, TIMEOUT */
  public async write(data: Buffer): Promise<void> {
    const taken = this.input.pushAndWait(data, WRITE_TIMEOUT_MS);
    this._guard.typed();
    this.waits.typed(data);
    await taken;
  }

  /**
   * Sets the size until a viewer is active again.
   * @param coming the rule of the viewer that it is set for: others may want it smaller
   * @throws HoldfastError INVALID_INPUT
   */
  public resize(size: Size, coming?: SizeRule): HostResize.Result {
    if (!isSize(size.cols, size.rows)) {
      throw invalid(`${size.cols}x${size.rows} is no size of a terminal`);
    }
    this.viewers.deactivate();
    this._applySize(coming === undefined ? size : this.viewers.sizeWith(size, coming));
    return { offset: this.journal.head, size: this.size };
  }

  /** Puts everything that is readable now into the journal. */
  public sync(): Offset {
    if (this._exit === null && this._guard.canDrain) {
      this._pty.drain();
    }
    this._readers.pump();
    return this.journal.head;
  }

  public read(from: Offset, to: Offset): HostRead.Result {
    const start = this.journal.locate(from);
    const end = Math.min(to, this.journal.head, start.offset + MAX_READ_BYTES);
    const pieces: Buffer[] = [];
    let cursor: Cursor = start.cursor;
    for (let at = start.offset as number; at < end; ) {
      const found = this.journal.next(cursor);
      if (found === undefined) {
        break;
      }
      if (found.record.kind === 'output') {
        const piece = Buffer.from(found.record.data.subarray(0, end - at));
        pieces.push(piece);
        at += piece.length;
      }
      cursor = found.cursor;
    }
    return { from: start.offset, data: Buffer.concat(pieces).toString('base64') };
  }

  /** @throws never; ends what runs here, if anything does */
  public async end(how: 'hang-up' | 'kill'): Promise<void> {
    if (this._exit === null) {
      await this._pty.end(how);
    }
  }

  /**
   * The machine or the login session goes: however the program ends now is not written down, so that it counts as lost
   * with them and can be resurrected.
   */
  public takeDown(): void {
    this._isTakenDown = true;
  }

  private _wrote(data: Buffer): void {
    const now = Date.now();
    const { maxOutput } = this._journal;
    for (let from = 0; from < data.length; from += maxOutput) {
      this._readers.append(data.subarray(from, from + maxOutput), now);
    }
    this._lastOutputAt = now;
    this.waits.stirred();
  }

  private _exited(exit: PtyExit): void {
    const at = Date.now();
    if (!this._isTakenDown) {
      this.journal.appendExit(exit.exitCode, exit.signal, at);
    }
    this._exit = { exitCode: exit.exitCode, signal: exit.signal, at };
    this.input.close();
    this.waits.dispose();
    this._guard.dispose();
    this._readers.pump();
    this._onDidExit.fire(this._exit);
  }

  private _applyWantedSize(): void {
    const wanted = this.viewers.wantedSize;
    if (wanted !== undefined) {
      this._applySize(wanted);
    }
  }

  private _applySize(size: Size): void {
    if (this._exit !== null || (size.cols === this.size.cols && size.rows === this.size.rows)) {
      return;
    }
    // What was written for the old size stands before the change.
    this.sync();
    this._pty.resize(size);
    this.journal.appendResize(size, Date.now());
    this._readers.pump();
    this._onDidResize.fire();
  }
}

const invalid = (message: string): HoldfastError =>
  new HoldfastError('INVALID_INPUT', message, 'Correct the call.');

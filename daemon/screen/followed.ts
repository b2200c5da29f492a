import { Emitter } from '../lifecycle/event';
import { Disposable, DisposableStore, type IDisposable, toDisposable } from '../lifecycle/lifecycle';
import { HoldfastError } from '../protocol/errors';
import type { Frame } from '../protocol/frames';
import { type Offset, offset, type TerminalId } from '../protocol/ids';
import type { Size } from '../protocol/model';
import type { StreamAddress, ThemeColors } from '../protocol/terminals';
import { incompleteUpTo } from './journalTail';
import { type Asleep, Mirror } from './mirror';
import { MirrorStream } from './mirrorStream';
import type { Openings } from './openings';
import type { FromWorker, WorkerSettings } from './workerMessages';
import { workFor } from './workNote';

export interface FollowedOptions {
  readonly terminal: TerminalId;
  readonly size: Size;
  /** What the shell in it says with its marks. */
  readonly nonce?: string | undefined;
  /** Where its journal is, should its screen have to be drawn from that alone. */
  readonly journal?: string | undefined;
  /** Of the moment. */
  readonly settings: () => WorkerSettings;
  readonly tell: (message: FromWorker) => void;
  readonly connect: (from: Offset) => Promise<StreamAddress>;
  /** Where its stream waits for its turn. */
  readonly openings: Openings;
  /** The mirror was needed. */
  readonly onUsed: (followed: Followed) => void;
}

/** How letting a mirror go went: it sleeps, it can't be let go now, or not before it changes. */
export type Slept = 'asleep' | 'later' | 'never';

/**
 * One terminal that a worker follows: its mirror and its stream. The mirror may sleep, that is, be on disk
 * only; whoever needs it wakes it.
 */
export class Followed extends Disposable {
  /** Nothing more will come: the program ended. */
  public isOver = false;
  /** How often another program has begun in it. */
  public beginnings = 0;
  /** What the last stream was refused with, for good. */
  private _refusal: HoldfastError | undefined;
  private readonly _onRefused = this._register(new Emitter<HoldfastError>());
  /** When the mirror was needed last, by performance.now(). */
  public usedAt = performance.now();
  private _mirror: Mirror | undefined;
  private _asleep: Asleep | undefined;
  /** What belongs to the mirror that is awake. */
  private readonly _awake = this._register(new DisposableStore());
  private _stream: MirrorStream | undefined;
  private readonly _streams = this._register(new DisposableStore());
  private _waiting = 0;
  /** A mirror that woke without a good keyframe has to come so far again before anybody sees it. */
  private _knownUntil = offset(0);

  public constructor(private readonly _options: FollowedOptions) {
    super();
    this.wake();
  }

  public get isAwake(): boolean {
    return this._mirror !== undefined;
  }

  public get nonce(): string | undefined {
    return this._options.nonce;
  }

  public get hasStream(): boolean {
    return this._stream !== undefined;
  }

  /** Behind the last byte parsed. */
  public get offset(): Offset {
    return (this._mirror ?? this._asleep)?.offset ?? offset(0);
  }

  /** Resolves when the stream is open, or is going to be tried again. @throws HoldfastError its refusal */
  public async open(): Promise<void> {
    this.isOver = false;
    this._refusal = undefined;
    const stream = this._streams.add(
      new MirrorStream({
        client: this._options.settings().client,
        connect: this._options.connect,
        openings: this._options.openings,
        isNeeded: () => this._waiting > 0,
        position: () => this.offset,
        onFrame: (frame) => this.take(frame),
        onOpened: () => this._cover(),
        onRefused: (error) => this._refused(error),
      }),
    );
    this._stream = stream;
    try {
      await stream.open();
    } catch (error) {
      if (this._stream === stream) {
        this._refused(HoldfastError.from(error));
      }
      throw error;
    }
  }

  public endStream(): void {
    this._stream = undefined;
    this._streams.clear();
  }

  /** What comes next is another program's. */
  public beginAgain(): void {
    this.beginnings++;
    this.endStream();
  }

  /** The mirror, awake. @throws Error what keeps it from being read now; it sleeps on */
  public wake(): Mirror {
    workFor(this._options.terminal);
    this._mirror ??= this._build();
    this._options.onUsed(this);
    return this._mirror;
  }

  /**
   * The mirror, once it has parsed up to `atLeast`; of a program that has ended, as far as it has come.
   * @throws HoldfastError TIMEOUT, or what its stream was refused with
   */
  public async at(atLeast: Offset | undefined, timeoutMs: number): Promise<Mirror> {
    const mirror = this.wake();
    const wanted = Math.max(atLeast ?? 0, this._knownUntil);
    if (this._stream === undefined) {
      mirror.endRedrawing();
    }
    if (mirror.offset >= wanted || this.isOver) {
      return mirror;
    }
    if (this._refusal !== undefined) {
      throw this._refusal;
    }
    this._waiting++;
    try {
      this._stream?.need();
      await this._until(mirror, wanted, timeoutMs);
    } finally {
      this._waiting--;
    }
    return mirror;
  }

  /** Somebody goes on looking at the mirror: it does not sleep meanwhile. */
  public keepAwake(): IDisposable {
    this._waiting++;
    this._stream?.need();
    return toDisposable(() => this._waiting--);
  }

  /** What the journal says next, in its order. */
  public take(frame: Frame): void {
    workFor(this._options.terminal);
    if (frame.kind === 'exited') {
      this.isOver = true;
      this.endStream();
    } else if (frame.kind === 'lagged') {
      this._stream?.send({ kind: 'seek', offset: this.offset });
    } else if (!this._isKnown(frame)) {
      const isAsleep = !this.isAwake;
      const mirror = this.wake();
      // One whose keyframe was lost reads from further back: this frame comes again.
      if (!isAsleep || mirror.offset >= this._knownUntil || this._stream === undefined) {
        this._apply(mirror, frame);
      }
    }
    if (frame.kind === 'output' || frame.kind === 'gap') {
      this._stream?.acknowledge(this.offset);
    }
  }

  /** Brings what is on disk up to date. @throws Error when the disk takes nothing */
  public save(): void {
    workFor(this._options.terminal);
    this._mirror?.writeKeyframe();
  }

  /** Lets the mirror go, if nobody waits for it and everything it knows is on disk. */
  public sleep(): Slept {
    const mirror = this._mirror;
    if (mirror === undefined) {
      return 'asleep';
    }
    if (this._waiting > 0 || !mirror.isSaved || mirror.offset < this._knownUntil) {
      return 'later';
    }
    if (!mirror.isWholeOnDisk()) {
      return mirror.isSaved ? 'never' : 'later';
    }
    this._asleep = mirror.asleep;
    this._mirror = undefined;
    this._awake.clear();
    return 'asleep';
  }

  /** The colours of those that nobody told any for. */
  public setDefaultTheme(last: ThemeColors | undefined, theme: ThemeColors): void {
    if (this._mirror !== undefined && this._mirror.emulator.theme === last) {
      this._mirror.emulator.theme = theme;
    }
    if (this._asleep !== undefined && this._asleep.theme === last) {
      this._asleep = { ...this._asleep, theme };
    }
  }

  private _refused(error: HoldfastError): void {
    this._refusal = error;
    this.endStream();
    this._onRefused.fire(error);
  }

  /** Tells the PTY host what it need not keep for this mirror. */
  private _cover(): void {
    const covered = this._asleep?.offset ?? this._mirror?.covered;
    if (covered !== undefined) {
      this._stream?.send({ kind: 'cover', offset: covered });
    }
  }

  private _build(): Mirror {
    const { terminal, size, settings, tell, nonce, journal } = this._options;
    const lacksUpTo = journal === undefined ? undefined : () => incompleteUpTo(journal);
    const mirror = this._awake.add(new Mirror(terminal, size, settings(), this._asleep, nonce, lacksUpTo));
    for (const path of mirror.setAside) {
      tell({ kind: 'setAside', terminal, path });
    }
    this._awake.add(mirror.onState((state) => tell({ kind: 'state', state })));
    this._awake.add(mirror.onShellMark((mark) => tell({ kind: 'shell', terminal, mark })));
    this._awake.add(mirror.onBell(() => tell({ kind: 'bell', terminal })));
    this._awake.add(mirror.onCovered((covered) => this._stream?.send({ kind: 'cover', offset: covered })));
    this._awake.add(
      mirror.onAnswer((answer) =>
        this._stream?.send({ kind: 'answer', offset: answer.offset, data: answer.bytes }),
      ),
    );
    this._knownUntil = this._asleep?.offset ?? offset(0);
    this._asleep = undefined;
    if (mirror.offset < this._knownUntil) {
      this._stream?.reopen();
    }
    return mirror;
  }

  /** Whether a mirror that sleeps has nothing to learn from it. */
  private _isKnown(frame: Frame): boolean {
    const asleep = this._asleep;
    if (asleep === undefined) {
      return false;
    }
    switch (frame.kind) {
      case 'output':
        return frame.offset + frame.data.length <= asleep.offset;
      case 'gap':
        return frame.offset <= asleep.offset;
      case 'resized':
        // A stream begins with the size in force.
        return frame.cols === asleep.size.cols && frame.rows === asleep.size.rows;
      default:
        return true;
    }
  }

  private _apply(mirror: Mirror, frame: Frame): void {
    const { terminal, tell } = this._options;
    if (frame.kind === 'resized') {
      mirror.resize({ cols: frame.cols, rows: frame.rows });
    } else if (frame.kind === 'output' || frame.kind === 'gap') {
      const gap = frame.kind === 'gap' ? mirror.gap(frame.offset) : mirror.output(frame.offset, frame.data);
      if (gap !== undefined) {
        tell({ kind: 'gap', terminal, ...gap });
      }
    }
  }

  private _until(mirror: Mirror, wanted: number, timeoutMs: number): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const finish = (act: () => void): void => {
        clearTimeout(timer);
        subscription.dispose();
        refusal.dispose();
        act();
      };
      const timer = setTimeout(
        () =>
          finish(() =>
            reject(
              new HoldfastError(
                'TIMEOUT',
                `the screen of ${mirror.terminal} did not come up to offset ${wanted} within ${timeoutMs} ms`,
                'Try again; if it stays so, run holdfast doctor.',
              ),
            ),
          ),
        timeoutMs,
      );
      const subscription = mirror.onParsed((position) => {
        if (position >= wanted) {
          finish(resolve);
        }
      });
      const refusal = this._onRefused.event((error) => finish(() => reject(error)));
    });
  }
}

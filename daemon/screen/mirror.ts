import { Emitter, type Event } from '../lifecycle/event';
import { Disposable, toDisposable } from '../lifecycle/lifecycle';
import { type Millis, type Offset, offset, type TerminalId } from '../protocol/ids';
import type { Size } from '../protocol/model';
import type { ThemeColors } from '../protocol/terminals';
import type { Answer, Emulator } from './emulator';
import { fromDisk, goodKeyframe } from './fromDisk';
import type { History } from './history';
import type { HistoryFile } from './historyFile';
import { NO_LINES } from './historyLines';
import type { TakenRows } from './historyRows';
import type { Keyframe } from './keyframe';
import { type KeptScreen, KeyframeKeeper } from './keyframeKeeper';
import { type MirrorSnapshot, screenOf, snapshotOf, stateOf } from './mirrorViews';
import { type Rebuilt, rebuild } from './rebuild';
import { RedrawnLines } from './redrawnLines';
import { restartSequence } from './restart';
import {
  nextRevision,
  type RevisionState,
  readBaselines,
  readRevision,
  revisionText,
  visibleHash,
  writeRevision,
} from './revision';
import { isWholeIn } from './sameState';
import { screenRows } from './screenState';
import { serialize } from './serializer';
import type { ShellMark } from './shellMarks';
import { Baselines } from './watching/baselines';
import { type Baseline, baselineOf } from './watching/freshLines';
import type { Watchable } from './watching/lineView';
import type { ScreenParts, ScreenState, WantedScreen, WorkerSettings } from './workerMessages';
import { workFor } from './workNote';

/** How many times more rows than needed are taken back where that costs a keyframe. */
const SPARE_SCREENS = 3;
/** A program that rings a million times a second must not keep whoever listens busy. */
const BELL_INTERVAL_MS = 100;

/** What is remembered of a mirror that was let go, beside what is on disk. */
export interface Asleep {
  readonly offset: Offset;
  readonly size: Size;
  readonly historyLength: number;
  readonly lastOutputAt: Millis;
  readonly theme: ThemeColors | undefined;
  readonly revision: RevisionState | null;
  readonly toldState: string;
}

/**
 * One terminal's screen, kept by parsing its journal in order. It knows nothing of sockets: whoever feeds it
 * says what comes next, and is told how far the keyframe on disk covers.
 */
export class Mirror extends Disposable implements KeptScreen {
  public readonly emulator: Emulator;
  /** Where files of it are that were found broken. */
  public readonly setAside: readonly string[];
  private readonly _history: History;
  private readonly _keeper: KeyframeKeeper;
  private readonly _file: HistoryFile;
  private readonly _onState = this._register(new Emitter<ScreenState>());
  public readonly onState = this._onState.event;
  public readonly onCovered: Event<Offset>;
  /** What the shell says of itself and its commands; again, when it is parsed again. */
  public readonly onShellMark: Event<ShellMark>;
  private readonly _onAnswer = this._register(new Emitter<{ offset: Offset; bytes: Buffer }>());
  public readonly onAnswer = this._onAnswer.event;
  private readonly _onBell = this._register(new Emitter<void>());
  public readonly onBell = this._onBell.event;
  private readonly _onParsed = this._register(new Emitter<Offset>());
  public readonly onParsed = this._onParsed.event;
  private _offset: Offset;
  private _lastOutputAt: Millis;
  private _revision: RevisionState | null;
  private _toldState: string;
  private _rangAt = Number.NEGATIVE_INFINITY;
  private _hasRung = false;
  private _bellAt = offset(0);
  private _promptAt: Offset;
  private readonly _baselines: Baselines;
  /** That the screen had since this mirror began. */
  private _mostRows: number;
  private _isRebuilding = true;
  /** What is parsed up to here was parsed once before: it rings nobody and is not told again. */
  private readonly _knownUntil: Offset;
  /** The keyframe is gone: the journal draws the screen again, and the history has its lines already. */
  private _isRedrawing: boolean;
  /** Its lines, where the journal can't draw all of it and the history may lack some. */
  private _redrawn: RedrawnLines | undefined;
  /** There is a history and no keyframe: the journal's first bytes decide whether it is kept. */
  private _isUnplaced: boolean;

  /**
   * From the keyframe if there is a good one, else empty.
   * @param asleep what was remembered of it when it was let go
   * @param nonce what the shell in it says with its marks
   * @param lacksUpTo the newest offset its journal knows of, where that lacks some of what stands before it; asked where
   * there is a history and no keyframe
   */
  public constructor(
    public readonly terminal: TerminalId,
    size: Size,
    private readonly _settings: WorkerSettings,
    asleep?: Asleep,
    nonce?: string,
    lacksUpTo?: () => Offset | undefined,
  ) {
    super();
    const { keyframesFolder } = _settings;
    const { keyframe, file, setAside, isMended } = fromDisk(terminal, _settings, asleep);
    this.setAside = setAside;
    this._register(toDisposable(() => file.close()));
    this._file = file;
    const isUnplaced = keyframe === undefined && asleep === undefined && file.length > 0;
    const lacking = isUnplaced ? lacksUpTo?.() : undefined;
    this._isUnplaced = isUnplaced && lacking === undefined;
    this._isRedrawing = keyframe === undefined && (asleep !== undefined || lacking !== undefined);
    this._redrawn = lacking === undefined ? undefined : new RedrawnLines();
    const known = keyframe ?? asleep;
    const lines = this._redrawn ?? (this._isRedrawing ? NO_LINES : file);
    const { emulator, history } = rebuild(lines, size, keyframe, nonce);
    this._history = history;
    this.emulator = this._register(emulator);
    this._offset = keyframe?.offset ?? offset(0);
    this._mostRows = Math.max(size.rows, keyframe?.size.rows ?? 0);
    this._knownUntil = asleep?.offset ?? lacking ?? offset(0);
    this._lastOutputAt = known?.lastOutputAt ?? Date.now();
    this._revision =
      asleep?.revision ?? readRevision(keyframesFolder, terminal) ?? keyframe?.revision ?? null;
    this._toldState = asleep?.toldState ?? '';
    this._promptAt = this._offset;
    this._baselines = new Baselines(() => readBaselines(keyframesFolder, terminal));
    emulator.theme = asleep?.theme ?? keyframe?.theme ?? _settings.theme;
    this._keeper = this._register(new KeyframeKeeper(keyframesFolder, terminal, file, this, keyframe));
    this.onCovered = this._keeper.onCovered;
    this._register(emulator.onAnswer((answer) => this._answer(answer)));
    this._register(emulator.onBell(() => this._rang()));
    // What the keyframe has drawn was told when it happened.
    this.onShellMark = emulator.shell.onMark;
    this._isRebuilding = false;
    if (isMended) {
      this._keeper.saveSoon();
    }
  }

  /** The offset behind the last byte parsed. */
  public get offset(): Offset {
    return this._offset;
  }

  public get covered(): Offset | undefined {
    return this._keeper.covered;
  }

  /** Whether the keyframe on disk is of what is shown now. */
  public get isSaved(): boolean {
    return this._keeper.isSaved;
  }

  public get lastOutputAt(): Millis {
    return this._lastOutputAt;
  }

  public get isRedrawing(): boolean {
    return this._isRedrawing;
  }

  /** What is to be remembered when it is let go. */
  public get asleep(): Asleep {
    return {
      offset: this._offset,
      size: this.emulator.size,
      historyLength: this._file.length,
      lastOutputAt: this._lastOutputAt,
      theme: this.emulator.theme,
      revision: this._revision,
      toldState: this._toldState,
    };
  }

  /** Whether the keyframe makes the same mirror again. One that can't be read any more is written anew, later. */
  public isWholeOnDisk(): boolean {
    workFor(this.terminal);
    const { keyframe } = goodKeyframe(this._settings.keyframesFolder, this.terminal);
    if (keyframe === undefined || keyframe.offset !== this._offset) {
      this._keeper.saveSoon();
      return false;
    }
    return isWholeIn(keyframe, this._rebuilt);
  }

  /** Output from `at` on; what was parsed already is skipped. @returns the gap in front of it, if there is one */
  public output(at: Offset, data: Buffer): { from: Offset; to: Offset } | undefined {
    const gap = at > this._offset ? this.gap(at) : undefined;
    if (this._isUnplaced) {
      // The journal has everything from the beginning on: all lines come again.
      this._isUnplaced = false;
      this._file.truncate(0);
    }
    const fresh = data.subarray(this._offset - at);
    const known = Math.max(0, this._knownUntil - this._offset);
    this._parse(fresh.subarray(0, known));
    if (fresh.length > known) {
      this._parse(fresh.subarray(known));
      this._lastOutputAt = Date.now();
    }
    if (fresh.length > 0) {
      this._changed();
    }
    return gap;
  }

  public gap(to: Offset): { from: Offset; to: Offset } | undefined {
    if (to <= this._offset) {
      return undefined;
    }
    const from = this._offset;
    this.emulator.breakOff();
    this._isUnplaced = false;
    this._goTo(to);
    this._history.onGap();
    this._changed();
    return { from, to };
  }

  public resize(size: Size): void {
    if (size.cols !== this.emulator.size.cols || size.rows !== this.emulator.size.rows) {
      if (!this._isUnplaced) {
        this._takeBackFor(size);
      }
      this.emulator.resize(size);
      this._mostRows = Math.max(this._mostRows, size.rows);
    }
    this._changed();
  }

  /** Colours that a viewer told for this terminal. */
  public setTheme(theme: ThemeColors): void {
    if (JSON.stringify(this.emulator.theme) !== JSON.stringify(theme)) {
      this._keeper.saveSoon();
    }
    this.emulator.theme = theme;
  }

  public restartUnder(at: Offset, separator: string | null): void {
    this.emulator.breakOff();
    this.emulator.feed(Buffer.from(restartSequence(this.emulator, separator)));
    this.emulator.tracked.reset();
    this._offset = at;
    this.writeKeyframe();
  }

  /** @param history rows of scrollback at most */
  public snapshot(history: number, room?: Size): MirrorSnapshot {
    return snapshotOf(this._rebuilt, this._offset, history, room);
  }

  public screen(scrollback: number, wanted: WantedScreen = {}): ScreenParts {
    const hash = visibleHash(this.emulator, screenRows(this.emulator));
    const revision = nextRevision(this._revision, hash, this._offset);
    if (revision !== this._revision) {
      this._revision = revision;
      const kept = this._baselines.add(revisionText(revision), baselineOf(this.watchable));
      writeRevision(this._settings.keyframesFolder, this.terminal, revision, kept);
    }
    return screenOf(this._rebuilt, this._offset, revision, { ...wanted, scrollback });
  }

  /** What is visible now: a hash, and the revision that it would be told as. */
  public visible(): { readonly hash: string; readonly revision: string } {
    const hash = visibleHash(this.emulator, screenRows(this.emulator));
    return { hash, revision: revisionText(nextRevision(this._revision, hash, this._offset)) };
  }

  /** What stood on the screen when a revision was told; undefined for one that is not remembered. */
  public baselineOf(revision: string): Baseline | undefined {
    return this._baselines.of(revision);
  }

  public get watchable(): Watchable {
    return { ...this._rebuilt, lines: this._isRedrawing ? NO_LINES : this._file };
  }

  /** Behind the output that drew the shell's newest prompt, where it stands at one. */
  public get promptAt(): Offset | undefined {
    return this.emulator.marks.isAtPrompt ? this._promptAt : undefined;
  }

  /** Behind the output that rang last; 0 where none has in this mirror's time. */
  public get bellAt(): Offset {
    return this._bellAt;
  }

  public state(): ScreenState {
    return { ...stateOf(this.emulator), terminal: this.terminal, lastOutputAt: this._lastOutputAt };
  }

  /** Says what has changed since it was last told. */
  public tellState(): void {
    const state = this.state();
    const text = JSON.stringify(state);
    if (text !== this._toldState) {
      this._toldState = text;
      this._onState.fire(state);
    }
  }

  /** Writes what a later daemon rebuilds this mirror from, and says so. */
  public writeKeyframe(): void {
    this._isUnplaced = false;
    this.endRedrawing();
    this._keeper.saveNow();
  }

  /** Should the journal not have all of what was known: there is no more to come. */
  public endRedrawing(): void {
    if (this._isRedrawing) {
      this._goOnInHistory();
      this._history.onGap();
    }
  }

  public keyframe(): Keyframe {
    workFor(this.terminal);
    return this._keyframe(this._history.pendingRows, this._file.length);
  }

  /** @param historyLength how much of the history stands above `above` */
  private _keyframe(above: Pick<TakenRows, 'rows' | 'marks'>, historyLength: number): Keyframe {
    const { normal } = this.emulator.core._bufferService.buffers;
    const historySum = this._file.sumUpTo(historyLength, this._mostRows);
    return {
      offset: this._offset,
      size: this.emulator.size,
      historyLength,
      ...(historySum === undefined ? {} : { historySum }),
      ...(this._history.openCols === undefined || historyLength < this._file.length
        ? {}
        : { openCols: this._history.openCols }),
      rowsAbove: this.emulator.tap.rowsAbove,
      savedRow: normal.savedY - normal.ybase,
      lastOutputAt: this._lastOutputAt,
      revision: this._revision,
      ...(this.emulator.theme === undefined ? {} : { theme: this.emulator.theme }),
      snapshot: serialize(this.emulator, { rowsAbove: above.rows, marksAbove: above.marks }),
      continuation: this.emulator.continuation,
    };
  }

  /**
   * Takes from the history what a resize reflows and may pull onto the screen. A keyframe that counts on
   * those lines is replaced first by one that holds them itself, so that a crash finds each of them once. Where there is none yet,
   * the first one is written: others come in the place of lines that nobody has flushed, and a power cut would leave pieces of both.
   */
  private _takeBackFor(size: Size): void {
    const { cols, rows } = this.emulator.size;
    const needed = (rows + size.rows) * (Math.ceil(size.cols / cols) + 1);
    const { pendingRows } = this._history;
    const missing = needed - pendingRows.rows.length;
    let taken = this._history.peek(missing, cols);
    const isUnknown = this._keeper.covered === undefined && taken.position < this._file.length;
    const isCounted = isUnknown || taken.position < this._keeper.coveredHistory;
    // What is drawn again takes nothing from the history, which is newer.
    if (isCounted && !this._isRedrawing) {
      // More than needed, because a window is resized step by step.
      taken = this._history.peek(Math.max(missing, 0) + needed * SPARE_SCREENS, cols);
      try {
        this._keeper.write(
          this._keyframe(
            {
              rows: [...taken.rows, ...pendingRows.rows],
              marks: new Map([...taken.marks, ...pendingRows.marks]),
            },
            taken.position,
          ),
        );
      } catch {
        // A full disk: only what no keyframe counts on can be reflowed.
        taken = this._history.peek(0, cols);
      }
    }
    this._history.takeBack(taken.position);
    this.emulator.prepend(pendingRows);
    this.emulator.prepend(taken);
  }

  private _parse(bytes: Buffer): void {
    if (bytes.length > 0) {
      const { prompts } = this.emulator.marks;
      this._hasRung = false;
      this.emulator.feed(bytes);
      this._goTo(offset(this._offset + bytes.length));
      this._bellAt = this._hasRung ? this._offset : this._bellAt;
      this._promptAt = this.emulator.marks.prompts === prompts ? this._promptAt : this._offset;
    }
  }

  private _goTo(to: Offset): void {
    this._offset = to;
    if (this._isRedrawing && to >= this._knownUntil) {
      this._goOnInHistory();
    }
  }

  private _goOnInHistory(): void {
    this._isRedrawing = false;
    this._redrawn?.appendTo(this._file);
    this._redrawn = undefined;
    this._history.goOnIn(this._file);
  }

  private _changed(): void {
    this._onParsed.fire(this._offset);
    this._keeper.changed();
  }

  private get _rebuilt(): Rebuilt {
    return { emulator: this.emulator, history: this._history };
  }

  private _answer({ position, bytes }: Answer): void {
    if (!this._isRebuilding) {
      this._onAnswer.fire({ offset: offset(this._offset + position), bytes });
    }
  }

  private _rang(): void {
    this._hasRung = true;
    const now = performance.now();
    if (this._offset >= this._knownUntil && now - this._rangAt >= BELL_INTERVAL_MS) {
      this._rangAt = now;
      this._onBell.fire();
    }
  }
}

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Emitter } from '../lifecycle/event';
import { Disposable, toDisposable } from '../lifecycle/lifecycle';
import { type Millis, type Offset, offset, type TerminalId } from '../protocol/ids';
import type { Size } from '../protocol/model';
import { type Answer, Emulator } from './emulator';
import { History } from './history';
import { plainRows } from './historyDrawing';
import { HistoryFile } from './historyFile';
import type { TakenRows } from './historyRows';
import { type Keyframe, readKeyframe, writeKeyframe } from './keyframe';
import { restartSequence } from './restart';
import { nextRevision, type RevisionState, revisionText, shortHash, visibleHash } from './revision';
import { cursorOf, modesOf, screenRows } from './screenState';
import { type Serialized, serialize, serializeBehind } from './serializer';
import type { ScreenParts, ScreenState, WorkerSettings } from './workerMessages';

/** A keyframe is written when a terminal has been quiet for so long … */
export const KEYFRAME_QUIET_MS = 1000;
/** … and at the latest after this much output: half a journal, so that its ring never has to wait for one. */
export const KEYFRAME_BYTES = 4 * 1024 * 1024;

/** How many times more rows than needed are taken back where that costs a keyframe. */
const SPARE_SCREENS = 3;

/** When a keyframe could not be written. */
const KEYFRAME_RETRY_MS = 5000;

/**
 * One terminal's screen, kept by parsing its journal in order. It knows nothing of sockets: whoever feeds it
 * says what comes next, and is told how far the keyframe on disk covers.
 */
export class Mirror extends Disposable {
  public readonly emulator: Emulator;
  private readonly _history: History;
  private readonly _onState = this._register(new Emitter<ScreenState>());
  public readonly onState = this._onState.event;
  private readonly _onCovered = this._register(new Emitter<Offset>());
  public readonly onCovered = this._onCovered.event;
  private readonly _onAnswer = this._register(new Emitter<{ offset: Offset; bytes: Buffer }>());
  public readonly onAnswer = this._onAnswer.event;
  private readonly _onParsed = this._register(new Emitter<Offset>());
  public readonly onParsed = this._onParsed.event;
  private _offset: Offset;
  private _covered: Offset | undefined;
  /** Lines up to here are the keyframe's to count on. */
  private _coveredHistory = 0;
  /** Where the last keyframe was tried while output flowed. */
  private _tried = 0;
  private _quietTimer: NodeJS.Timeout | undefined;
  private _lastOutputAt: Millis;
  private _revision: RevisionState | null;
  private _toldState = '';
  private _isRebuilding = true;

  public constructor(
    public readonly terminal: TerminalId,
    size: Size,
    private readonly _settings: WorkerSettings,
  ) {
    super();
    const keyframe = readKeyframe(_settings.keyframesFolder, terminal);
    const file = new HistoryFile(_settings.historiesFolder, terminal);
    this._register(toDisposable(() => file.close()));
    file.truncate(keyframe?.historyLength ?? 0);
    const history = new History(file, (id) => this.emulator.core._oscLinkService.getLinkData(id));
    this._history = history;
    this.emulator = this._register(new Emulator(keyframe?.size ?? size, history));
    this._offset = keyframe?.offset ?? offset(0);
    this._lastOutputAt = keyframe?.lastOutputAt ?? Date.now();
    this._revision = this._readRevision() ?? keyframe?.revision ?? null;
    this.emulator.theme = keyframe?.theme ?? _settings.theme;
    if (keyframe !== undefined) {
      this.emulator.feed(Buffer.from(keyframe.snapshot));
      this.emulator.feed(keyframe.continuation);
      this.emulator.tap.rowsAbove = keyframe.rowsAbove ?? this.emulator.tap.rowsAbove;
      this._goOnWith(keyframe);
      this._covered = keyframe.offset;
      this._coveredHistory = keyframe.historyLength;
    }
    this._register(this.emulator.onAnswer((answer) => this._answer(answer)));
    this._register(toDisposable(() => clearTimeout(this._quietTimer)));
    this._isRebuilding = false;
  }

  /** The offset behind the last byte parsed. */
  public get offset(): Offset {
    return this._offset;
  }

  public get covered(): Offset | undefined {
    return this._covered;
  }

  /** Output from `at` on; what was parsed already is skipped. @returns the gap in front of it, if there is one */
  public output(at: Offset, data: Buffer): { from: Offset; to: Offset } | undefined {
    const gap = at > this._offset ? this.gap(at) : undefined;
    const fresh = data.subarray(this._offset - at);
    if (fresh.length > 0) {
      this.emulator.feed(fresh);
      this._offset = offset(this._offset + fresh.length);
      this._lastOutputAt = Date.now();
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
    this._history.onGap();
    this._offset = to;
    this._changed();
    return { from, to };
  }

  public resize(size: Size): void {
    if (size.cols !== this.emulator.size.cols || size.rows !== this.emulator.size.rows) {
      this._takeBackFor(size);
      this.emulator.resize(size);
    }
    this._changed();
  }

  /** A stream can't say that its very first row goes on with one that is not in it. */
  private _goOnWith({ openCols, size }: Keyframe): void {
    if (openCols === size.cols) {
      this._history.openCols = openCols;
      const first = this._history.pending[0] ?? this.emulator.core._bufferService.buffers.normal.lines.get(0);
      if (first !== undefined) {
        first.isWrapped = true;
      }
    }
  }

  public restartUnder(at: Offset, separator: string): void {
    this.emulator.breakOff();
    this.emulator.feed(Buffer.from(restartSequence(this.emulator, separator)));
    this.emulator.tracked.reset();
    this._offset = at;
    this.writeKeyframe();
  }

  /**
   * @param history rows of scrollback at most
   * @returns a snapshot in UTF-8, in memory of its own
   */
  public snapshot(history: number): { snapshot: Buffer; continuation: Buffer; offset: Offset; size: Size } {
    const { cols } = this.emulator.size;
    const { pending } = this._history;
    return {
      snapshot: inOnePiece(
        serializeBehind(this.emulator, {
          rowsAbove: pending.slice(Math.max(0, pending.length - history)),
          marksAbove: this._history.pendingRows.marks,
          prefix: this._history.newestDrawn(history - pending.length, cols),
          prefixWraps: history > pending.length && this._history.openCols === cols,
        }),
      ),
      continuation: this.emulator.continuation,
      offset: this._offset,
      size: this.emulator.size,
    };
  }

  public screen(scrollback: number): ScreenParts {
    const { core, terminal } = this.emulator;
    const { normal, active } = core._bufferService.buffers;
    const rows = screenRows(this.emulator);
    const lines = rows.map((line) => line.translateToString(true).trimEnd());
    const revision = nextRevision(this._revision, visibleHash(this.emulator, rows), this._offset);
    if (revision !== this._revision) {
      this._revision = revision;
      this._writeRevision(revision);
    }
    return {
      offset: this._offset,
      revision: revisionText(revision),
      textHash: shortHash(lines.join('\n')),
      size: this.emulator.size,
      cursor: cursorOf(this.emulator),
      buffer: active === normal ? 'normal' : 'alternate',
      title: core._inputHandler._windowTitle,
      modes: modesOf(this.emulator),
      lines: [...this._scrollback(scrollback, terminal.cols), ...lines],
    };
  }

  public state(): ScreenState {
    const { tracked, core } = this.emulator;
    return {
      terminal: this.terminal,
      title: core._inputHandler._windowTitle,
      cwd: tracked.folder ?? folderOf(tracked.folderUri),
      lastOutputAt: this._lastOutputAt,
    };
  }

  /** Writes what a later daemon rebuilds this mirror from, and says so. */
  public writeKeyframe(): void {
    clearTimeout(this._quietTimer);
    this._quietTimer = undefined;
    this._history.file.sync();
    this._writeKeyframe(this._history.pendingRows, this._history.file.length);
  }

  /** @param historyLength how much of the history stands above `above` */
  private _writeKeyframe(above: Pick<TakenRows, 'rows' | 'marks'>, historyLength: number): void {
    const keyframe: Keyframe = {
      offset: this._offset,
      size: this.emulator.size,
      historyLength,
      ...(this._history.openCols === undefined || historyLength < this._history.file.length
        ? {}
        : { openCols: this._history.openCols }),
      rowsAbove: this.emulator.tap.rowsAbove,
      lastOutputAt: this._lastOutputAt,
      revision: this._revision,
      ...(this.emulator.theme === undefined ? {} : { theme: this.emulator.theme }),
      snapshot: serialize(this.emulator, { rowsAbove: above.rows, marksAbove: above.marks }),
      continuation: this.emulator.continuation,
    };
    writeKeyframe(this._settings.keyframesFolder, this.terminal, keyframe);
    this._covered = this._offset;
    this._coveredHistory = historyLength;
    this._onCovered.fire(this._offset);
  }

  /**
   * Takes from the history what a resize reflows and may pull onto the screen. A keyframe that counts on
   * those lines is replaced first by one that holds them itself, so that a crash finds each of them once.
   */
  private _takeBackFor(size: Size): void {
    const { cols, rows } = this.emulator.size;
    const needed = (rows + size.rows) * (Math.ceil(size.cols / cols) + 1);
    const { pendingRows } = this._history;
    const missing = needed - pendingRows.rows.length;
    let taken = this._history.peek(missing, cols);
    if (taken.position < this._coveredHistory) {
      // More than needed, because a window is resized step by step.
      taken = this._history.peek(Math.max(missing, 0) + needed * SPARE_SCREENS, cols);
      try {
        this._writeKeyframe(
          {
            rows: [...taken.rows, ...pendingRows.rows],
            marks: new Map([...taken.marks, ...pendingRows.marks]),
          },
          taken.position,
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

  /** Deletes what is on disk; the mirror must be disposed before. */
  public static forgetRevision(settings: WorkerSettings, terminal: TerminalId): void {
    rmSync(revisionPath(settings, terminal), { force: true });
  }

  private _changed(): void {
    this._onParsed.fire(this._offset);
    if (this._offset - Math.max(this._covered ?? 0, this._tried) >= KEYFRAME_BYTES) {
      this._tried = this._offset;
      // In a flood a power cut may cost the newest lines of the history: waiting for the disk would slow it down.
      this._tryKeyframe(() => this._history.file.flush());
    }
    this._quietTimer ??= setTimeout(() => this._quiet(), KEYFRAME_QUIET_MS);
  }

  /** One timer a burst, not one a chunk: it looks again whether the terminal has been quiet long enough. */
  private _quiet(): void {
    const still = this._lastOutputAt + KEYFRAME_QUIET_MS - Date.now();
    if (still > 0) {
      this._tellState();
      this._quietTimer = setTimeout(() => this._quiet(), still);
      return;
    }
    this._tellState();
    this._quietTimer = undefined;
    this._tryKeyframe(() => this._history.file.sync());
  }

  /** Without a keyframe (a full disk) nothing is covered and the journal keeps what it can; the next try is due. */
  private _tryKeyframe(saveHistory: () => void): void {
    try {
      saveHistory();
      this._writeKeyframe(this._history.pendingRows, this._history.file.length);
    } catch {
      this._quietTimer ??= setTimeout(() => this._quiet(), KEYFRAME_RETRY_MS);
    }
  }

  private _tellState(): void {
    const state = this.state();
    const text = JSON.stringify(state);
    if (text !== this._toldState) {
      this._toldState = text;
      this._onState.fire(state);
    }
  }

  private _answer({ position, bytes }: Answer): void {
    if (!this._isRebuilding) {
      this._onAnswer.fire({ offset: offset(this._offset + position), bytes });
    }
  }

  private _scrollback(count: number, cols: number): string[] {
    if (count <= 0) {
      return [];
    }
    const near: string[] = this._history.pending.map((line) => line.translateToString(true).trimEnd());
    const missing = count - near.length;
    const older =
      missing > 0
        ? plainRows(this._history.newest(missing, cols), cols, (code) =>
            this.emulator.core.unicodeService.wcwidth(code),
          )
        : [];
    return [...older, ...near].slice(-count);
  }

  /** Revisions are kept beside the keyframe, so that one handed out stays valid when the daemon restarts. */
  private _writeRevision(revision: RevisionState): void {
    try {
      writeFileSync(revisionPath(this._settings, this.terminal), JSON.stringify(revision), { mode: 0o600 });
    } catch {
      // A full disk: the revision is good for as long as this daemon lives.
    }
  }

  private _readRevision(): RevisionState | undefined {
    const path = revisionPath(this._settings, this.terminal);
    if (!existsSync(path)) {
      return undefined;
    }
    try {
      const value = JSON.parse(readFileSync(path, 'utf8')) as RevisionState;
      return typeof value.hash === 'string' && Number.isSafeInteger(value.offset) ? value : undefined;
    } catch {
      // Torn by a crash: the keyframe's revision, or a new one, is right as well.
      return undefined;
    }
  }
}

const inOnePiece = ([before, prefix, behind]: Serialized): Buffer => {
  const start = Buffer.byteLength(before);
  const end = start + prefix.length;
  // Not of the pool: it is handed to another thread, with the memory it is in.
  const bytes = Buffer.allocUnsafeSlow(end + Buffer.byteLength(behind));
  bytes.write(before);
  bytes.set(prefix, start);
  bytes.write(behind, end);
  return bytes;
};

const revisionPath = (settings: WorkerSettings, terminal: TerminalId): string =>
  join(settings.keyframesFolder, `${terminal}.revision`);

/** The path of OSC 7's file URI, whatever host it names. */
const folderOf = (uri: string | undefined): string | null => {
  const path = uri === undefined ? undefined : /^file:\/\/[^/]*(\/.*)$/.exec(uri)?.[1];
  if (path === undefined) {
    return null;
  }
  try {
    return decodeURIComponent(path);
  } catch {
    // Not encoded after all.
    return path;
  }
};

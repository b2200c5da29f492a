import { Emitter } from '../lifecycle/event';
import { Disposable, toDisposable } from '../lifecycle/lifecycle';
import type { Offset, TerminalId } from '../protocol/ids';
import type { HistoryFile } from './historyFile';
import { type Keyframe, writeKeyframe } from './keyframe';

/** A keyframe is written when a terminal has been quiet for so long … */
export const KEYFRAME_QUIET_MS = 1000;
/** … and at the latest after this much output: half a journal, so that its ring never has to wait for one. */
export const KEYFRAME_BYTES = 4 * 1024 * 1024;

/** When a keyframe could not be written. */
const KEYFRAME_RETRY_MS = 5000;

/** What keyframes are written of. */
export interface KeptScreen {
  readonly offset: Offset;
  /** What it shows is older than what the keyframe had: none is to be written yet. */
  readonly isRedrawing: boolean;
  keyframe(): Keyframe;
  /** It is quiet, or has been written to for a second. */
  tellState(): void;
}

/** Writes a mirror's keyframes in time, and knows what the one on disk covers. */
export class KeyframeKeeper extends Disposable {
  private readonly _onCovered = this._register(new Emitter<Offset>());
  public readonly onCovered = this._onCovered.event;
  private _covered: Offset | undefined;
  private _coveredHistory: number;
  private _isSaved: boolean;
  /** Where the last keyframe was tried while output flowed. */
  private _tried = 0;
  /** When something came last, by performance.now(): the clock may be set meanwhile. */
  private _changedAt = Number.NEGATIVE_INFINITY;
  private _timer: NodeJS.Timeout | undefined;

  /** @param found the keyframe that the screen was rebuilt from */
  public constructor(
    private readonly _folder: string,
    private readonly _terminal: TerminalId,
    private readonly _file: HistoryFile,
    private readonly _screen: KeptScreen,
    found: Keyframe | undefined,
  ) {
    super();
    this._covered = found?.offset;
    this._coveredHistory = found?.historyLength ?? 0;
    this._isSaved = found !== undefined;
    this._register(toDisposable(() => clearTimeout(this._timer)));
  }

  public get covered(): Offset | undefined {
    return this._covered;
  }

  /** Lines up to here are the keyframe's to count on. */
  public get coveredHistory(): number {
    return this._coveredHistory;
  }

  /** Whether the keyframe on disk is of what is shown now, and the history with it. */
  public get isSaved(): boolean {
    return this._isSaved;
  }

  public changed(): void {
    this._changedAt = performance.now();
    const { offset, isRedrawing } = this._screen;
    if (!isRedrawing && offset - Math.max(this._covered ?? 0, this._tried) >= KEYFRAME_BYTES) {
      this._tried = offset;
      // In a flood a power cut may cost the newest lines of the history: waiting for the disk would slow it down.
      this._try(() => this._file.flushCalmly());
    }
    this.saveSoon();
  }

  public saveSoon(): void {
    this._isSaved = false;
    this._timer ??= setTimeout(() => this._quiet(), KEYFRAME_QUIET_MS);
  }

  /** @throws Error when the disk takes nothing */
  public saveNow(): void {
    clearTimeout(this._timer);
    this._timer = undefined;
    this._file.sync();
    this.write(this._screen.keyframe());
    this._isSaved = true;
  }

  public write(keyframe: Keyframe): void {
    writeKeyframe(this._folder, this._terminal, keyframe);
    this._covered = keyframe.offset;
    this._coveredHistory = keyframe.historyLength;
    this._onCovered.fire(keyframe.offset);
  }

  /** One timer a burst, not one a chunk: it looks again whether the terminal has been quiet long enough. */
  private _quiet(): void {
    const { isRedrawing } = this._screen;
    this._timer = undefined;
    if (isRedrawing) {
      // What comes next starts the timer again.
      return;
    }
    this._screen.tellState();
    const still = this._changedAt + KEYFRAME_QUIET_MS - performance.now();
    if (still > 0) {
      this._timer = setTimeout(() => this._quiet(), still);
      return;
    }
    this._isSaved = this._try(() => this._file.sync());
  }

  /**
   * Without a keyframe (a full disk) nothing is covered and the journal keeps what it can; the next try is due.
   * @returns whether it was written
   */
  private _try(saveHistory: () => void): boolean {
    try {
      saveHistory();
      this.write(this._screen.keyframe());
      return true;
    } catch {
      this._timer ??= setTimeout(() => this._quiet(), KEYFRAME_RETRY_MS);
      return false;
    }
  }
}

import type { Journal } from '../journal/journal';
import { Disposable, toDisposable } from '../lifecycle/lifecycle';
import { MIRROR_ABSENT_MS } from '../protocol/host';
import type { Offset } from '../protocol/ids';

/**
 * What is kept free in a full journal for what can still be read from a paused PTY: a drain for a
 * synchronisation and one for the exit, with their record headers.
 */
const RESERVE_BYTES = 640 * 1024;

interface Flow {
  pause(): void;
  resume(): void;
}

/**
 * Pauses a program whose journal is full of what no keyframe covers yet, until one does; but for no longer than
 * MIRROR_ABSENT_MS, counted from when the last mirror left, or from the pause: a daemon that cannot start, or
 * whose mirrors hang or keep dying, never stops a program. From then on the journal wraps until a COVER comes.
 */
export class FlowGuard extends Disposable {
  private _covered: Offset;
  private _mirrors = 0;
  private _waitingSince = performance.now();
  private _paused = false;
  private _wrapping = false;
  private _timer: NodeJS.Timeout | undefined;

  public constructor(
    private readonly _journal: Journal,
    private readonly _flow: Flow,
  ) {
    super();
    this._covered = _journal.head;
    this._register(toDisposable(() => clearTimeout(this._timer)));
  }

  /** Whether there is room for one more drain. */
  public get canDrain(): boolean {
    return !this._paused || this._journal.room(this._covered) > RESERVE_BYTES / 2;
  }

  public cover(offset: Offset): void {
    this._covered = Math.max(this._covered, Math.min(offset, this._journal.head)) as Offset;
    this._wrapping = false;
    this.check();
  }

  public mirrorCame(): void {
    this._mirrors += 1;
  }

  public mirrorLeft(): void {
    this._mirrors -= 1;
    if (this._mirrors === 0 && !this._paused) {
      this._waitingSince = performance.now();
    }
  }

  /** To be asked after each append. */
  public check(): void {
    const full = this._journal.room(this._covered) < RESERVE_BYTES;
    if (full && !this._wrapping) {
      if (!this._paused && this._mirrors > 0) {
        this._waitingSince = performance.now();
      }
      this._wrapping = performance.now() - this._waitingSince >= MIRROR_ABSENT_MS;
    }
    this._set(full && !this._wrapping);
  }

  private _set(pause: boolean): void {
    if (pause === this._paused || this._isDisposed) {
      return;
    }
    this._paused = pause;
    clearTimeout(this._timer);
    if (pause) {
      const left = MIRROR_ABSENT_MS - (performance.now() - this._waitingSince);
      this._timer = setTimeout(() => this.check(), Math.ceil(left) + 1);
      this._flow.pause();
    } else {
      this._flow.resume();
    }
  }
}

import type { Journal } from '../journal/journal';
import { Disposable, toDisposable } from '../lifecycle/lifecycle';
import { MIRROR_ABSENT_MS } from '../protocol/host';
import type { Offset } from '../protocol/ids';

/**
 * What is kept free in a full journal for what can still be read from a paused PTY: a drain for a
 * synchronisation and one for the exit, with their record headers.
 */
const DRAINS_BYTES = 640 * 1024;
/**
 * And so much for keys, of which one has read KEY_BYTES at most: what comes of it, a prompt after Ctrl-C, does not wait
 * for a mirror. What the program had written before is no more than the PTY held: a few KiB, which Ctrl-C discards.
 */
const KEYS_BYTES = 256 * 1024;
const KEY_BYTES = 64 * 1024;
const RESERVE_BYTES = DRAINS_BYTES + KEYS_BYTES;

/** Where somebody waits for a mirror's screens, this is how far back they may be, as long as the mirror takes to read it. */
const BEHIND_MS = { closely: 25, patiently: 40 };
/** So much is nothing: a few pieces of what a PTY delivers, and of what a mirror acknowledges. */
const MIN_BEHIND_BYTES = { closely: 128 * 1024, patiently: 256 * 1024 };
/**
 * A mirror so fast, in bytes per millisecond, reads a full journal in 0.4 s: floods of one are not slowed for those who are
 * slow themselves.
 */
const FAST_MIRROR = 20 * 1024;
/** Its speed is measured over so long: acknowledgements come in bunches. */
const RATE_MS = 10;
/** A mirror that has read nothing for so long hangs: nobody is held up for its screens any more. */
const HANGING_MS = 1000;

/** Whether somebody waits for a mirror's screens, and whether it takes each as it comes. */
export type Awaited = 'no' | 'patiently' | 'closely';

interface Flow {
  pause(): void;
  resume(): void;
}

/**
 * Pauses a program whose journal is full of what no keyframe covers yet, until one does; but for no longer than
 * MIRROR_ABSENT_MS, counted from when the last mirror left, or from the pause: a daemon that cannot start, or
 * whose mirrors hang or keep dying, never stops a program. From then on the journal wraps until a COVER comes.
 *
 * Pauses it too while a viewer that could not keep up waits for the mirror's screens, and the mirror itself is behind:
 * who sees only that has its Ctrl-C done when the mirror gets there.
 */
export class FlowGuard extends Disposable {
  private _covered: Offset;
  private _mirrors = 0;
  private _waitingSince = performance.now();
  /** The program is to wait; it does so but for what may be read for a key. */
  private _isHeld = false;
  private _isPaused = false;
  private _keysUpTo: Offset;
  private _wrapping = false;
  private _timer: NodeJS.Timeout | undefined;
  /** How far the mirror has read, when it said so, and how fast it does, in bytes per millisecond. */
  private _read: Offset;
  private _readAt = performance.now();
  private _rate = Number.POSITIVE_INFINITY;
  private _busyBytes = 0;
  /** The same from one acknowledgement to the next: as these come in bunches, no less. For slow viewers nothing is held up in doubt. */
  private _peak = Number.POSITIVE_INFINITY;
  private _toldAt = performance.now();
  private _hangs = false;
  private _hangTimer: NodeJS.Timeout | undefined;

  /** @param _awaited whether somebody waits for the mirror's screens */
  public constructor(
    private readonly _journal: Journal,
    private readonly _flow: Flow,
    private readonly _awaited: () => Awaited,
  ) {
    super();
    this._covered = _journal.head;
    this._read = _journal.head;
    this._keysUpTo = _journal.head;
    this._register(toDisposable(() => clearTimeout(this._timer)));
    this._register(toDisposable(() => clearTimeout(this._hangTimer)));
  }

  /** Whether there is room for one more drain. */
  public get canDrain(): boolean {
    return !this._isHeld || this._journal.room(this._covered) > DRAINS_BYTES / 2;
  }

  public cover(offset: Offset): void {
    this._covered = Math.max(this._covered, Math.min(offset, this._journal.head)) as Offset;
    this._wrapping = false;
    this.check();
  }

  /** A mirror has read so far. */
  public read(offset: Offset): void {
    const now = performance.now();
    const wasBusy = this._journal.head - this._read >= MIN_BEHIND_BYTES.closely;
    const bytes = Math.min(offset, this._journal.head) - this._read;
    if (bytes > 0) {
      this._measure(wasBusy ? bytes : 0, now);
      if (this._journal.head - this._read >= MIN_BEHIND_BYTES.patiently) {
        const peak = bytes / Math.max(now - this._toldAt, 0.1);
        this._peak = Number.isFinite(this._peak) ? (this._peak + peak) / 2 : peak;
      }
      this._read = (this._read + bytes) as Offset;
    }
    this._toldAt = now;
    this._hangs = false;
    if (this._isHeld) {
      this._watchMirror();
      this.check();
    }
  }

  /** Somebody typed: a program that is held up is read on for what comes of it. */
  public typed(): void {
    if (this._isHeld) {
      this._keysUpTo = (this._journal.head + KEY_BYTES) as Offset;
      this.check();
    }
  }

  /** Whether a mirror has far less left to read than so many bytes, or no more than it may where it is waited for. */
  public isMirrorNearer(bytes: number): boolean {
    const behind = this._journal.head - this._read;
    return this._mirrors > 0 && !this._hangs && (2 * behind < bytes || behind <= this._allowed('closely'));
  }

  public mirrorCame(): void {
    this._mirrors += 1;
  }

  public mirrorLeft(): void {
    this._mirrors -= 1;
    if (this._mirrors === 0 && !this._isHeld) {
      this._waitingSince = performance.now();
    }
  }

  /** To be asked after each append. */
  public check(): void {
    const full = this._journal.room(this._covered) < RESERVE_BYTES;
    if (full && !this._wrapping) {
      if (!this._isHeld && this._mirrors > 0) {
        this._waitingSince = performance.now();
      }
      this._wrapping = performance.now() - this._waitingSince >= MIRROR_ABSENT_MS;
    }
    this._hold((full && !this._wrapping) || this._isBehind());
  }

  private _isBehind(): boolean {
    if (this._mirrors === 0 || this._hangs) {
      return false;
    }
    const behind = this._journal.head - this._read;
    // Not at each piece off and on again.
    const isFar = (how: 'closely' | 'patiently'): boolean =>
      behind > (this._isHeld ? this._allowed(how) / 2 : this._allowed(how));
    if (!isFar('closely')) {
      return false;
    }
    const awaited = this._awaited();
    return (
      awaited === 'closely' || (awaited === 'patiently' && this._peak < FAST_MIRROR && isFar('patiently'))
    );
  }

  private _allowed(how: 'closely' | 'patiently'): number {
    const known = how === 'closely' ? this._rate : this._peak;
    // One that has just begun is not known yet, and no faster than the others.
    const rate = Number.isFinite(known) ? known : FAST_MIRROR;
    return Math.max(MIN_BEHIND_BYTES[how], rate * BEHIND_MS[how]);
  }

  /** @param bytes what it has read since the last time; 0 if it had nothing to read for some of it */
  private _measure(bytes: number, now: number): void {
    this._busyBytes += bytes;
    const ms = now - this._readAt;
    if (bytes === 0) {
      this._busyBytes = 0;
      this._readAt = now;
    } else if (ms >= RATE_MS) {
      const rate = this._busyBytes / ms;
      this._rate = Number.isFinite(this._rate) ? (this._rate + rate) / 2 : rate;
      this._busyBytes = 0;
      this._readAt = now;
    }
  }

  private _watchMirror(): void {
    clearTimeout(this._hangTimer);
    this._hangTimer = setTimeout(() => {
      this._hangs = true;
      this.check();
    }, HANGING_MS);
  }

  private _hold(hold: boolean): void {
    if (this._isDisposed) {
      return;
    }
    if (hold !== this._isHeld) {
      this._isHeld = hold;
      clearTimeout(this._timer);
      clearTimeout(this._hangTimer);
      if (hold) {
        this._watchMirror();
        const left = MIRROR_ABSENT_MS - (performance.now() - this._waitingSince);
        this._timer = setTimeout(() => this.check(), Math.ceil(left) + 1);
      }
    }
    this._pause(hold && !this._isReadForKey);
  }

  private get _isReadForKey(): boolean {
    return this._journal.head < this._keysUpTo && this._journal.room(this._covered) > DRAINS_BYTES;
  }

  private _pause(pause: boolean): void {
    if (pause !== this._isPaused) {
      this._isPaused = pause;
      if (pause) {
        this._flow.pause();
      } else {
        this._flow.resume();
      }
    }
  }
}

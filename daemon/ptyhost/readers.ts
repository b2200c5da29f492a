import type { Journal } from '../journal/journal';
import { type IDisposable, toDisposable } from '../lifecycle/lifecycle';
import { encodeFrame } from '../protocol/frames';
import type { Millis } from '../protocol/ids';
import type { Awaited } from './flowGuard';
import type { StreamReader } from './streamReader';

/** What is longer is no echo of a key, and of a flood no time shall be lost. */
const ECHO_BYTES = 256;
/** What comes later than that after a key is not what somebody waits for. */
const ECHO_MS = 200;
/**
 * By then whoever was sent an echo has been woken, on the same processor too, and has drawn it. Timers count in whole
 * milliseconds: it may be one less.
 */
const SETTLE_MS = 2;

const ESC = 0x1b;
const ENQ = 0x05;
const BRACKET = 0x5b;
/** Final bytes of what changes the screen and asks nothing: cursor, erasing, inserting, deleting, colours, modes. */
const HARMLESS = new Set([...'@ABCDEFGHJKLMPXdhlm'].map((final) => final.charCodeAt(0)));

/** Output that the viewers have been sent, and nothing else has been done with. */
interface Unsettled {
  readonly frame: Buffer;
  readonly data: Buffer;
  readonly now: Millis;
}

/**
 * Who is handed a terminal's output, and in which order: whoever looks first, then the journal, then the mirrors.
 * The first byte of an echo is on its way to the eye before anything else is done with it; and as whoever draws it
 * may have to wait for this processor, the rest comes SETTLE_MS later, or before anything else is done with the
 * journal: `settle` is to be called before each use. Only what kills this process in between loses the echo.
 */
export class Readers implements IDisposable {
  private readonly _viewers = new Set<StreamReader>();
  private readonly _mirrors = new Set<StreamReader>();
  private _unsettled: Unsettled | undefined;
  private _timer: NodeJS.Timeout | undefined;
  private _isArmed = false;
  private _typedAt: Millis = 0;

  /** @param _onAppended called after each append to the journal */
  public constructor(
    private readonly _journal: Journal,
    private readonly _onAppended: () => void,
  ) {}

  public add(reader: StreamReader, of: 'viewers' | 'mirrors'): IDisposable {
    const readers = of === 'viewers' ? this._viewers : this._mirrors;
    readers.add(reader);
    return toDisposable(() => readers.delete(reader));
  }

  /** Whether a viewer could not keep up, and is shown a mirror's screens instead; `closely` if it takes each as it comes. */
  public get awaited(): Awaited {
    let awaited: Awaited = 'no';
    for (const viewer of this._viewers) {
      if (viewer.isWaiting) {
        return 'closely';
      }
      awaited = viewer.isLagging ? 'patiently' : awaited;
    }
    return awaited;
  }

  /** @param data no more than one record of the journal holds */
  public append(data: Buffer, now: Millis): void {
    this.settle();
    const frame = encodeFrame({ kind: 'output', offset: this._journal.head, data });
    for (const viewer of this._viewers) {
      viewer.coming(frame, data.length, 'now', this._journal.end.position);
    }
    const mayWait = this._viewers.size > 0 && data.length <= ECHO_BYTES && asksNothing(data);
    if (mayWait && now - this._typedAt <= ECHO_MS) {
      this._unsettled = { frame, data: frame.subarray(frame.length - data.length), now };
      this._arm();
    } else {
      this._finish({ frame, data, now }, mayWait ? 'soon' : 'now');
    }
  }

  /** A key was typed: gets ready for its echo, while there is time. */
  public expectEcho(now: Millis): void {
    this._typedAt = now;
    this._arm();
  }

  /** Does what is left to be done with output that was sent. */
  public settle(): void {
    const unsettled = this._unsettled;
    if (unsettled !== undefined) {
      this._unsettled = undefined;
      this._finish(unsettled, 'soon');
    }
  }

  public dispose(): void {
    this.settle();
    clearTimeout(this._timer);
  }

  private _arm(): void {
    if (this._isArmed) {
      return;
    }
    this._isArmed = true;
    if (this._timer === undefined) {
      this._timer = setTimeout(() => {
        this._isArmed = false;
        this.settle();
      }, SETTLE_MS);
    } else {
      this._timer.refresh();
    }
  }

  private _finish({ frame, data, now }: Unsettled, when: 'now' | 'soon'): void {
    const at = this._journal.end.position;
    this._journal.appendOutput(data, now);
    for (const mirror of this._mirrors) {
      // Behind the journal: what a mirror shows must be there should this process be killed now.
      mirror.coming(frame, data.length, when, at);
    }
    for (const viewer of this._viewers) {
      viewer.appended();
    }
    for (const mirror of this._mirrors) {
      mirror.appended();
    }
    this._onAppended();
  }

  /** Sends everybody what may be sent, and what was held back. */
  public pump(): void {
    this.settle();
    for (const reader of [...this._viewers, ...this._mirrors]) {
      reader.pump();
      reader.flush();
    }
  }
}

/** Whether no program waits for an answer to it: that could be for the mirror to give. When in doubt, it may. */
const asksNothing = (data: Buffer): boolean => {
  for (let at = 0; at < data.length; at++) {
    const byte = data[at] ?? 0;
    if (byte === ENQ) {
      return false;
    }
    if (byte !== ESC) {
      continue;
    }
    if (data[at + 1] !== BRACKET) {
      return false;
    }
    at += 2;
    while (isParameter(data[at])) {
      at++;
    }
    if (!HARMLESS.has(data[at] ?? 0)) {
      return false;
    }
  }
  return true;
};

/** Parameter and intermediate bytes of a control sequence, ECMA-48 5.4. */
const isParameter = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x20 && byte <= 0x3f;

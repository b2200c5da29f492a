import type { Journal } from '../journal/journal';
import { type IDisposable, toDisposable } from '../lifecycle/lifecycle';
import { encodeFrame } from '../protocol/frames';
import type { Millis } from '../protocol/ids';
import type { StreamReader } from './streamReader';

/** What is longer is no echo of a key, and of a flood the mirror shall lose no time. */
const ECHO_BYTES = 256;

const ESC = 0x1b;
const ENQ = 0x05;
const BRACKET = 0x5b;
/** Final bytes of what changes the screen and asks nothing: cursor, erasing, inserting, deleting, colours, modes. */
const HARMLESS = new Set([...'@ABCDEFGHJKLMPXdhlm'].map((final) => final.charCodeAt(0)));

/**
 * Who is handed a terminal's output, and in which order: whoever looks first, then the journal, then the mirrors.
 * The first byte of an echo is on its way to the eye before anything else is done with it.
 */
export class Readers {
  private readonly _viewers = new Set<StreamReader>();
  private readonly _mirrors = new Set<StreamReader>();

  public constructor(private readonly _journal: Journal) {}

  public add(reader: StreamReader, of: 'viewers' | 'mirrors'): IDisposable {
    const readers = of === 'viewers' ? this._viewers : this._mirrors;
    readers.add(reader);
    return toDisposable(() => readers.delete(reader));
  }

  /** @param data no more than one record of the journal holds */
  public append(data: Buffer, now: Millis): void {
    const frame = encodeFrame({ kind: 'output', offset: this._journal.head, data });
    for (const viewer of this._viewers) {
      viewer.coming(frame, data.length, 'now');
    }
    const mayWait = this._viewers.size > 0 && data.length <= ECHO_BYTES && asksNothing(data);
    for (const mirror of this._mirrors) {
      mirror.coming(frame, data.length, mayWait ? 'soon' : 'now');
    }
    this._journal.appendOutput(data, now);
    for (const viewer of this._viewers) {
      viewer.appended();
    }
    for (const mirror of this._mirrors) {
      mirror.appended();
    }
  }

  /** Sends everybody what may be sent, and what was held back. */
  public pump(): void {
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

import type { IDisposable } from '../../lifecycle/lifecycle';
import { type Chord, judgeSequence } from './chord';

/**
 * How long one press of the detach key waits for the second before it reaches the program. Long enough
 * for a calm double press; a program is rarely sent this chord, so the wait is rarely felt.
 */
export const DETACH_WINDOW_MS = 500;
/**
 * How long the beginning of a control sequence waits for its rest, when a read has cut it in two. A lone
 * Escape never waits.
 */
export const PARTIAL_SEQUENCE_MS = 25;
/** Longer than any key's sequence: what grows beyond is data, not a key. */
const MAX_SEQUENCE = 64;

const ESC = 0x1b;
const BRACKET = 0x5b;

export interface KeyboardSink {
  /** Bytes for the program, in order. */
  send(data: Buffer): void;
  detach(): void;
}

type Token =
  | {
      readonly kind: 'press' | 'ignorable' | 'other';
      readonly from: number;
      readonly to: number;
      readonly raw: boolean;
    }
  | { readonly kind: 'partial'; readonly from: number; readonly to: number };

/**
 * Reads the keyboard: passes every byte on as it comes, and finds the detach key pressed twice, in
 * whichever encoding the program has switched the terminal to, but never inside a paste.
 */
export class Keyboard implements IDisposable {
  /** The end of what came, as far as it is not decided yet; its first `_heldSent` bytes were passed on. */
  private _held: Buffer = Buffer.alloc(0);
  private _heldSent = 0;
  /** Where in `_held` reading goes on; before it stands a first press and what was released since. */
  private _resume = 0;
  /** Whether the detach key was pressed once and waits for the second time. */
  private _armed = false;
  private _pasting = false;
  private _ended = false;
  private _timer: NodeJS.Timeout | undefined;

  public constructor(
    private readonly _sink: KeyboardSink,
    private readonly _chord: Chord | undefined,
  ) {}

  public dispose(): void {
    this._ended = true;
    clearTimeout(this._timer);
  }

  public push(chunk: Buffer): void {
    if (this._ended) {
      return;
    }
    const chord = this._chord;
    if (chord === undefined || (this._isIdle && isText(chunk, chord))) {
      this._sink.send(chunk);
      return;
    }
    clearTimeout(this._timer);
    const buffer = this._held.length === 0 ? chunk : Buffer.concat([this._held, chunk]);
    let sent = this._heldSent;
    let position = this._resume;
    while (position < buffer.length) {
      const token = this._next(buffer, position, chord);
      if (token.kind === 'partial') {
        break;
      }
      position = token.to;
      if (token.kind === 'other') {
        this._armed = false;
      } else if (token.kind === 'press') {
        if (this._armed && (!token.raw || isLastInRead(buffer, token.to, chord))) {
          this.dispose();
          this._sink.detach();
          return;
        }
        // Twice with more right behind it in the same read is pasted text, not a person's keys.
        this._armed = !this._armed;
        // What came before goes now; so does a press whose first half has gone already.
        sent = this._pass(buffer, sent, token.from < sent ? token.to : token.from);
      }
    }
    this._keep(buffer, sent, position);
  }

  /** Whether nothing that came before matters to what comes now. */
  private get _isIdle(): boolean {
    return this._held.length === 0 && !this._armed && !this._pasting;
  }

  /** Passes on what is decided, keeps what must wait, and sets the time-out for it. */
  private _keep(buffer: Buffer, sent: number, position: number): void {
    if (this._armed) {
      this._hold(buffer.subarray(sent), 0, position - sent, DETACH_WINDOW_MS);
      return;
    }
    const rest = buffer.length - position;
    if (rest === 1) {
      // A lone Escape is the key far more often than half a sequence: it goes at once.
      this._pass(buffer, sent, buffer.length);
      this._hold(buffer.subarray(position), 1, 0, PARTIAL_SEQUENCE_MS);
      return;
    }
    const passed = this._pass(buffer, sent, position);
    this._hold(buffer.subarray(position), passed - position, 0, PARTIAL_SEQUENCE_MS);
  }

  private _hold(bytes: Buffer, sent: number, resume: number, timeoutMs: number): void {
    this._held = Buffer.from(bytes);
    this._heldSent = sent;
    this._resume = Math.max(0, resume);
    if (this._armed || bytes.length > 0) {
      this._timer = setTimeout(() => this._expire(), timeoutMs);
    }
  }

  private _expire(): void {
    this._pass(this._held, this._heldSent, this._held.length);
    this._armed = false;
    this._resume = 0;
    // The end of a paste may be cut anywhere and come late; it must still be seen.
    this._held = this._pasting ? this._held : Buffer.alloc(0);
    this._heldSent = this._held.length;
  }

  /** Sends the bytes between the two places, if any, and returns how far everything has been sent. */
  private _pass(buffer: Buffer, from: number, to: number): number {
    if (to > from) {
      this._sink.send(buffer.subarray(from, to));
    }
    return Math.max(from, to);
  }

  /** The token at `from`; keeps track of whether a bracketed paste is going on. */
  private _next(buffer: Buffer, from: number, chord: Chord): Token {
    if (this._pasting) {
      const next = buffer.indexOf(ESC, from);
      if (next !== from) {
        return { kind: 'other', from, to: next === -1 ? buffer.length : next, raw: true };
      }
    }
    const byte = buffer[from];
    if (byte !== ESC) {
      const press = byte === chord.control && !this._pasting;
      return { kind: press ? 'press' : 'other', from, to: from + 1, raw: true };
    }
    const end = sequenceEnd(buffer, from);
    if (end === undefined) {
      return { kind: 'partial', from, to: buffer.length };
    }
    const body = buffer.toString('latin1', from + 2, end);
    if (body === '200~' || body === '201~') {
      // Bracketed paste, mode 2004: what stands between the two is never a key.
      this._pasting = body === '200~';
      return { kind: 'other', from, to: end, raw: false };
    }
    if (this._pasting || buffer[from + 1] !== BRACKET) {
      return { kind: 'other', from, to: end, raw: false };
    }
    return { kind: judgeSequence(body, chord), from, to: end, raw: false };
  }
}

/** What a person types at once is not longer; for the rest there is time. */
const SHORT_BYTES = 16;

/** Whether a few keys are characters only. */
const isText = (keys: Buffer, chord: Chord): boolean => {
  if (keys.length > SHORT_BYTES) {
    return false;
  }
  for (let at = 0; at < keys.length; at++) {
    if (keys[at] === ESC || keys[at] === chord.control) {
      return false;
    }
  }
  return true;
};

/** The end of the sequence that begins at `from`; undefined when it is not complete. */
const sequenceEnd = (buffer: Buffer, from: number): number | undefined => {
  const second = buffer[from + 1];
  if (second === undefined) {
    return undefined;
  }
  if (second !== BRACKET) {
    // ESC with one character: Alt and a key. ESC ESC [: Alt and a function key; the first is let go.
    return second === ESC ? from + 1 : from + 2;
  }
  for (let index = from + 2; index < buffer.length; index++) {
    const byte = buffer[index] ?? 0;
    if (byte >= 0x40 && byte <= 0x7e) {
      return index + 1;
    }
    if (byte < 0x20 || byte > 0x7e || index - from > MAX_SEQUENCE) {
      return index;
    }
  }
  return undefined;
};

/** Whether nothing but further presses of the same chord follows in this read. */
const isLastInRead = (buffer: Buffer, from: number, chord: Chord): boolean =>
  buffer.subarray(from).every((byte) => byte === chord.control);

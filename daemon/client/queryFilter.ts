import { C1_LEAD, DEL, ENQ, ESC } from './controlBytes';
import { mayEndCsiQuery } from './queries';
import { INCOMPLETE, NOTHING, readRest, readSequence, type SequenceState } from './sequenceVerdict';

/**
 * Takes the questions that a program asks its terminal out of its output, whatever the chunks it comes in.
 * The daemon's mirror answers them, always and once; an emulator that sees them would answer again.
 * Everything else passes unchanged and in order; at most an incomplete sequence is held back. Sequences begin
 * and end as in xterm.js (after Williams, vt100.net/emu/dec_ansi_parser): ESC and C1 controls end a string,
 * CAN and SUB cancel, C0 controls inside a control sequence act at once.
 */
export class QueryFilter {
  private _held: Buffer = Buffer.alloc(0);
  private _state: SequenceState = 'ground';
  private _close: Buffer | undefined;

  /** Takes what arrived and returns what may go on; the result may share the chunk's memory. */
  public push(chunk: Uint8Array): Buffer {
    const fresh = Buffer.isBuffer(chunk)
      ? chunk
      : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this._held.length === 0 && this._state === 'ground' && isPlain(fresh)) {
      if (fresh.length > 0) {
        this._close = undefined;
      }
      return fresh;
    }
    const input = this._held.length === 0 ? fresh : Buffer.concat([this._held, fresh]);
    const output: Buffer[] = [];
    // What is in [kept, at) was looked at and passes.
    let kept = 0;
    let at = 0;
    const scanner = new Scanner(input);
    while (at < input.length) {
      const start = this._state === 'ground' ? scanner.nextIntroducer(at) : at;
      if (start > at) {
        // What came here instead has ended whatever was open.
        this._close = undefined;
      }
      if (start >= input.length) {
        at = input.length;
        break;
      }
      const verdict =
        this._state === 'ground' ? readSequence(input, start) : readRest(input, start, this._state);
      if (verdict === INCOMPLETE) {
        at = start;
        break;
      }
      if (verdict.instead !== undefined) {
        output.push(input.subarray(kept, start), this._close ?? NOTHING, verdict.instead);
        kept = verdict.end;
      }
      at = verdict.end;
      this._close = verdict.close;
      this._state = verdict.next ?? 'ground';
    }
    // A copy: the chunk's memory is its owner's once we return.
    this._held = at < input.length ? Buffer.from(input.subarray(at)) : Buffer.alloc(0);
    const last = input.subarray(kept, at);
    return output.length === 0 ? last : Buffer.concat([...output, last]);
  }

  /** What is held back, when no more is to come. */
  public flush(): Buffer {
    const rest = this._held;
    this.reset();
    return rest;
  }

  /** Forgets what it was in the middle of: a snapshot follows. */
  public reset(): void {
    this._held = Buffer.alloc(0);
    this._state = 'ground';
    this._close = undefined;
  }
}

/** Longer ones are searched at the speed of memchr. */
const SHORT_BYTES = 64;

/** Whether a short piece, as a key's echo is one, has nothing in it that may begin a sequence. */
const isPlain = (chunk: Buffer): boolean => {
  if (chunk.length > SHORT_BYTES) {
    return false;
  }
  for (let at = 0; at < chunk.length; at++) {
    const byte = chunk[at];
    if (byte === ESC || byte === C1_LEAD || byte === ENQ) {
      return false;
    }
  }
  return true;
};

/** Finds the next byte in ground state that may begin a sequence, at the speed of memchr. */
class Scanner {
  private _esc = -1;
  private _lead = -1;
  private _enq = -1;

  public constructor(private readonly _input: Buffer) {}

  /** Not one whose sequence is complete and asks nothing: a coloured flood has as many of these as words. */
  public nextIntroducer(from: number): number {
    let start = this._next(from);
    while (start === this._esc) {
      const end = behindHarmless(this._input, start);
      if (end === start) {
        break;
      }
      start = this._next(end);
    }
    return start;
  }

  private _next(from: number): number {
    // Each is looked for again only once it was passed.
    if (this._esc < from) {
      this._esc = this._findEscape(from);
    }
    if (this._lead < from) {
      this._lead = this._find(C1_LEAD, from);
    }
    if (this._enq < from) {
      this._enq = this._find(ENQ, from);
    }
    return Math.min(this._esc, this._lead, this._enq);
  }

  /** Most often the next one is near: a loop has found it before a call of the runtime's search has begun. */
  private _findEscape(from: number): number {
    const input = this._input;
    const near = Math.min(from + SHORT_BYTES, input.length);
    for (let at = from; at < near; at++) {
      if (input[at] === ESC) {
        return at;
      }
    }
    return this._find(ESC, near);
  }

  private _find(byte: number, from: number): number {
    const found = this._input.indexOf(byte, from);
    return found < 0 ? this._input.length : found;
  }
}

const BRACKET = 0x5b;

/** Where the control sequence at `start` ends, if it is complete, plain and no query by its ends; else `start`. */
const behindHarmless = (input: Buffer, start: number): number => {
  const body = start + 2;
  if (input[start + 1] !== BRACKET) {
    return start;
  }
  const end = Math.min(input.length, start + SHORT_BYTES);
  for (let at = body; at < end; at++) {
    const byte = input[at] ?? 0;
    // Parameters; anything else in front of the final byte is for a closer look.
    if (byte < 0x30 || byte > 0x3f) {
      return byte >= 0x40 && byte < DEL && !mayEndCsiQuery(byte, input[body] ?? 0) ? at + 1 : start;
    }
  }
  return start;
};

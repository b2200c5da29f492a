import { isCsiQuery, isDcsQuery, mayBeOscQuery, mayEndCsiQuery, withoutOscQueries } from './queries';

/** An escape sequence longer than this is no query and passes as it is: the most that is ever held back. */
export const MAX_HELD_BYTES = 4096;

const ENQ = 0x05;
const BEL = 0x07;
const CAN = 0x18;
const SUB = 0x1a;
const ESC = 0x1b;
/** The first byte of U+0080 … U+00BF in UTF-8, C1 controls among them. A lone 0x9b is no CSI in UTF-8. */
const C1_LEAD = 0xc2;
const DEL = 0x7f;

/**
 * `ground`: between sequences. The others are inside a sequence that is already decided: `csi` until its
 * final byte; `osc` and `string` (DCS, SOS, PM, APC) until their terminator; `dropped` likewise, unsent.
 */
type State = 'ground' | 'csi' | 'osc' | 'string' | 'dropped';

/** What to do with a sequence: pass `[start, end)`, or put `instead` in its place, then go on at `end`. */
interface Verdict {
  readonly end: number;
  readonly instead?: Buffer;
  readonly next?: State;
  /** It ended because something else begins at `end`: should that be taken out, this must come in its place. */
  readonly close?: Buffer;
}

/** ST ends a string and lets it act; ECMA-48 §8.3.143. */
const STRING_TERMINATOR = Buffer.from('\x1b\\');
/** CAN ends any sequence without effect; ECMA-48 §8.3.13 and DEC STD 070. */
const CANCEL = Buffer.from([CAN]);

/** The sequence is not complete: hold it back. */
const INCOMPLETE = undefined;

/**
 * Takes the questions that a program asks its terminal out of its output, whatever the chunks it comes in.
 * The daemon's mirror answers them, always and once; an emulator that sees them would answer again.
 * Everything else passes unchanged and in order; at most an incomplete sequence is held back. Sequences begin
 * and end as in xterm.js (after Williams, vt100.net/emu/dec_ansi_parser): ESC and C1 controls end a string,
 * CAN and SUB cancel, C0 controls inside a control sequence act at once.
 */
export class QueryFilter {
  private _held: Buffer = Buffer.alloc(0);
  private _state: State = 'ground';
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

  public nextIntroducer(from: number): number {
    // Each is looked for again only once it was passed.
    if (this._esc < from) {
      this._esc = this._find(ESC, from);
    }
    if (this._lead < from) {
      this._lead = this._find(C1_LEAD, from);
    }
    if (this._enq < from) {
      this._enq = this._find(ENQ, from);
    }
    return Math.min(this._esc, this._lead, this._enq);
  }

  private _find(byte: number, from: number): number {
    const found = this._input.indexOf(byte, from);
    return found < 0 ? this._input.length : found;
  }
}

const NOTHING = Buffer.alloc(0);

/** What begins at `start`, in ground state. */
const readSequence = (input: Buffer, start: number): Verdict | undefined => {
  const first = input[start];
  if (first === ENQ) {
    return { end: start + 1, instead: NOTHING };
  }
  if (first === ESC) {
    return readEscape(input, start);
  }
  const second = input[start + 1];
  if (second === undefined) {
    return INCOMPLETE;
  }
  // A C1 control is its 7-bit form's second byte plus 0x40; ECMA-48 §5.3.
  const isC1 = second >= 0x80 && second <= 0x9f;
  const longer = isC1 ? introduced(input, start, start + 1, second - 0x40) : undefined;
  return longer === undefined ? { end: start + 2 } : longer.verdict;
};

/** ESC, intermediates, a final byte; or one that introduces something longer. */
const readEscape = (input: Buffer, start: number): Verdict | undefined => {
  const end = Math.min(input.length, start + MAX_HELD_BYTES + 1);
  let hasIntermediates = false;
  for (let at = start + 1; at < end; at++) {
    const byte = input[at] ?? 0;
    if (byte >= 0x20 && byte < 0x30) {
      hasIntermediates = true;
    } else if (!isControl(byte)) {
      const longer = hasIntermediates ? undefined : introduced(input, start, at, byte);
      return longer === undefined ? endedBy(input, start, at) : longer.verdict;
    }
  }
  return end === input.length && end - start <= MAX_HELD_BYTES ? INCOMPLETE : { end, next: 'csi' };
};

/** The sequence that `kind`, at `at`, introduces, complete or not; undefined when it introduces none. */
const introduced = (
  input: Buffer,
  start: number,
  at: number,
  kind: number,
): { readonly verdict: Verdict | undefined } | undefined => {
  switch (String.fromCharCode(kind)) {
    case '[':
      return { verdict: readCsi(input, start, at + 1) };
    case ']':
      return { verdict: readOsc(input, start, at + 1) };
    case 'P':
      return { verdict: readDcs(input, start, at + 1) };
    case 'X':
    case '^':
    case '_':
      return { verdict: { end: at + 1, next: 'string' } };
    case 'Z':
      // DECID, the oldest way to ask for DA1.
      return { verdict: { end: at + 1, instead: controlsIn(input, start, at) } };
    default:
      return undefined;
  }
};

/** A sequence that is none of ours and ends at `at`: with that byte, or because something else begins there. */
const endedBy = (input: Buffer, start: number, at: number): Verdict => {
  const byte = input[at] ?? 0;
  return byte === ESC || byte > DEL
    ? { ...plain(input, start, at), close: CANCEL }
    : plain(input, start, at + 1);
};

/** A sequence that is none of ours up to `end`, without an ENQ that may be in the middle of it. */
const plain = (input: Buffer, start: number, end: number): Verdict => {
  for (let at = start; at < end; at++) {
    if (input[at] === ENQ) {
      return { end, instead: without(input, start, end, ENQ) };
    }
  }
  return { end };
};

const readCsi = (input: Buffer, start: number, body: number): Verdict | undefined => {
  const end = Math.min(input.length, start + MAX_HELD_BYTES + 1);
  let hasControls = false;
  for (let at = body; at < end; at++) {
    const byte = input[at] ?? 0;
    if (byte >= 0x40 && byte < DEL) {
      // Most sequences set colours or move the cursor: their last byte tells, without a look at the rest.
      if (mayEndCsiQuery(byte, input[body] ?? 0)) {
        const text = input.toString('latin1', body, at + 1).replace(CONTROLS, '');
        if (isCsiQuery(text)) {
          return { end: at + 1, instead: controlsIn(input, start, at) };
        }
      }
      return hasControls ? plain(input, start, at + 1) : { end: at + 1 };
    }
    if (byte < 0x20 || byte >= DEL) {
      if (byte === CAN || byte === SUB || byte === ESC || byte > DEL) {
        return endedBy(input, start, at);
      }
      hasControls = true;
    }
  }
  return end === input.length && end - start <= MAX_HELD_BYTES ? INCOMPLETE : { end, next: 'csi' };
};

const readDcs = (input: Buffer, start: number, body: number): Verdict | undefined => {
  for (let at = body; ; at++) {
    const byte = input[at];
    if (byte === undefined) {
      return at - start > MAX_HELD_BYTES ? { end: at, next: 'string' } : INCOMPLETE;
    }
    if (at - start > MAX_HELD_BYTES) {
      return { end: at, next: 'string' };
    }
    if (byte >= 0x40 && byte < DEL) {
      const text = input.toString('latin1', body, at + 1).replace(CONTROLS, '');
      return isDcsQuery(text)
        ? { end: at + 1, instead: NOTHING, next: 'dropped' }
        : { end: at + 1, next: 'string' };
    }
    if (byte === CAN || byte === SUB || byte === ESC || byte > DEL) {
      return byte === CAN || byte === SUB ? { end: at + 1 } : { end: at, close: CANCEL };
    }
  }
};

const readOsc = (input: Buffer, start: number, body: number): Verdict | undefined => {
  const end = endOfString(input, body, 'osc');
  if (end === undefined) {
    const tooLong = input.length - 1 - start > MAX_HELD_BYTES;
    return tooLong || !mayBeOscQuery(input.toString('latin1', body, input.length))
      ? restOfString(input, body, 'osc')
      : INCOMPLETE;
  }
  const byte = input[end];
  const cancelled = byte === CAN || byte === SUB || (byte === C1_LEAD && input[end + 1] !== 0x9c);
  const instead =
    cancelled || end - start > MAX_HELD_BYTES
      ? undefined
      : withoutOscQueries(input.toString('latin1', body, end));
  if (instead === undefined) {
    return { end, close: closeOf(input, end) };
  }
  if (byte === ESC && end + 1 >= input.length) {
    return INCOMPLETE;
  }
  const after = end + terminatorLength(input, end);
  return { end: after, instead: Buffer.from(instead, 'latin1') };
};

/** What is left of a sequence whose beginning was decided on. */
const readRest = (input: Buffer, start: number, state: Exclude<State, 'ground'>): Verdict | undefined => {
  if (state === 'csi') {
    let at = start;
    for (let byte = input[at]; byte !== undefined; byte = input[++at]) {
      if ((byte >= 0x40 && byte < DEL) || byte === CAN || byte === SUB) {
        return plain(input, start, at + 1);
      }
      if (byte === ESC || byte > DEL) {
        return { ...plain(input, start, at), close: CANCEL };
      }
    }
    return { ...plain(input, start, at), next: 'csi' };
  }
  const end = endOfString(input, start, state === 'osc' ? 'osc' : 'string');
  if (end === undefined) {
    return restOfString(input, start, state);
  }
  if (state !== 'dropped') {
    return { end, close: closeOf(input, end) };
  }
  if (input[end] === ESC && end + 1 >= input.length) {
    return end > start ? { end, instead: NOTHING, next: 'dropped' } : INCOMPLETE;
  }
  const isCancelled = input[end] === CAN || input[end] === SUB;
  return { end: isCancelled ? end : end + terminatorLength(input, end), instead: NOTHING };
};

/** All of the input, except a byte at its end that may be half a C1 control. */
const restOfString = (input: Buffer, start: number, next: State): Verdict | undefined => {
  const end = input.at(-1) === C1_LEAD ? input.length - 1 : input.length;
  if (end <= start) {
    return INCOMPLETE;
  }
  return { end, next, ...(next === 'dropped' ? { instead: NOTHING } : {}) };
};

/** Where a string's terminator begins; undefined when it has not come yet. */
const endOfString = (input: Buffer, from: number, kind: 'osc' | 'string'): number | undefined => {
  for (let at = from; at < input.length; at++) {
    const byte = input[at];
    if (byte === ESC || byte === CAN || byte === SUB || (byte === BEL && kind === 'osc')) {
      return at;
    }
    if (byte === C1_LEAD) {
      const second = input[at + 1];
      if (second !== undefined && second >= 0x80 && second <= 0x9f) {
        return at;
      }
    }
  }
  return undefined;
};

/** What stands for a string's terminator: ESC lets the string act, a C1 control other than ST cancels it. */
const closeOf = (input: Buffer, end: number): Buffer => (input[end] === ESC ? STRING_TERMINATOR : CANCEL);

/** Of BEL, or ST in either form; 0 for what ends a string by beginning something else. */
const terminatorLength = (input: Buffer, at: number): number => {
  switch (input[at]) {
    case BEL:
      return 1;
    case ESC:
      return input[at + 1] === 0x5c ? 2 : 0;
    case C1_LEAD:
      return input[at + 1] === 0x9c ? 2 : 0;
    default:
      return 0;
  }
};

/** C0 controls (and DEL) that may stand inside a control sequence; all but CAN, SUB and ESC. */
const CONTROLS = /[\x00-\x17\x19\x1c-\x1f\x7f]/g;

const isControl = (byte: number): boolean =>
  (byte < 0x20 && byte !== CAN && byte !== SUB && byte !== ESC) || byte === DEL;

/** What of a removed sequence acts by itself: the C0 controls inside it, ENQ excepted. */
const controlsIn = (input: Buffer, start: number, end: number): Buffer =>
  Buffer.from(input.subarray(start, end).filter((byte) => byte < 0x20 && byte !== ESC && byte !== ENQ));

const without = (input: Buffer, start: number, end: number, unwanted: number): Buffer =>
  Buffer.from(input.subarray(start, end).filter((byte) => byte !== unwanted));

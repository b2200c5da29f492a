import { BEL, C1_LEAD, CAN, DEL, ENQ, ESC, SUB } from './controlBytes';
import {
  isCsiQuery,
  isDcsQuery,
  mayBeClipboardQuery,
  mayBeOscQuery,
  mayEndCsiQuery,
  withoutOscQueries,
} from './queries';

/** An escape sequence longer than this is no query and passes as it is: the most that is ever held back. */
export const MAX_HELD_BYTES = 4096;

/**
 * `ground`: between sequences. The others are inside a sequence that is already decided: `csi` until its
 * final byte; `osc` and `string` (DCS, SOS, PM, APC) until their terminator; `dropped` and `dropped osc`
 * likewise, unsent.
 */
export type SequenceState = 'ground' | 'csi' | 'osc' | 'string' | 'dropped' | 'dropped osc';

/** What to do with a sequence: pass `[start, end)`, or put `instead` in its place, then go on at `end`. */
export interface Verdict {
  readonly end: number;
  readonly instead?: Buffer;
  readonly next?: SequenceState;
  /** It ended because something else begins at `end`: should that be taken out, this must come in its place. */
  readonly close?: Buffer;
}

/** ST ends a string and lets it act; ECMA-48 §8.3.143. */
const STRING_TERMINATOR = Buffer.from('\x1b\\');
/** CAN ends any sequence without effect; ECMA-48 §8.3.13 and DEC STD 070. */
const CANCEL = Buffer.from([CAN]);

/** The sequence is not complete: hold it back. */
export const INCOMPLETE = undefined;

export const NOTHING = Buffer.alloc(0);

/** What begins at `start`, in ground state. */
export const readSequence = (input: Buffer, start: number): Verdict | undefined => {
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
    // What may be half of its terminator is not its own.
    const beginning = input.toString('latin1', body, input.length - (input.at(-1) === C1_LEAD ? 1 : 0));
    if (tooLong && mayBeClipboardQuery(beginning)) {
      return restOfString(input, body, 'dropped osc');
    }
    return tooLong || !mayBeOscQuery(beginning) ? restOfString(input, body, 'osc') : INCOMPLETE;
  }
  const byte = input[end];
  const cancelled = byte === CAN || byte === SUB || (byte === C1_LEAD && input[end + 1] !== 0x9c);
  const instead = cancelled ? undefined : withoutQueriesIn(input, body, end);
  if (instead === undefined) {
    return { end, close: closeOf(input, end) };
  }
  if (byte === ESC && end + 1 >= input.length) {
    return INCOMPLETE;
  }
  const after = end + terminatorLength(input, end);
  return { end: after, instead: Buffer.from(instead, 'latin1') };
};

/** As `withoutOscQueries`; of a long one only whether it reads the clipboard is looked at, which its beginning tells. */
const withoutQueriesIn = (input: Buffer, body: number, end: number): string | undefined => {
  const payload = input.toString('latin1', body, Math.min(end, body + MAX_HELD_BYTES));
  if (end - body <= MAX_HELD_BYTES) {
    return withoutOscQueries(payload);
  }
  return mayBeClipboardQuery(payload) ? '' : undefined;
};

/** What is left of a sequence whose beginning was decided on. */
export const readRest = (
  input: Buffer,
  start: number,
  state: Exclude<SequenceState, 'ground'>,
): Verdict | undefined => {
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
  const end = endOfString(input, start, state === 'osc' || state === 'dropped osc' ? 'osc' : 'string');
  const isDropped = state === 'dropped' || state === 'dropped osc';
  if (end === undefined) {
    return restOfString(input, start, state);
  }
  if (!isDropped) {
    return { end, close: closeOf(input, end) };
  }
  if (input[end] === ESC && end + 1 >= input.length) {
    return end > start ? { end, instead: NOTHING, next: state } : INCOMPLETE;
  }
  const isCancelled = input[end] === CAN || input[end] === SUB;
  return { end: isCancelled ? end : end + terminatorLength(input, end), instead: NOTHING };
};

/** All of the input, except a byte at its end that may be half a C1 control. */
const restOfString = (input: Buffer, start: number, next: SequenceState): Verdict | undefined => {
  const end = input.at(-1) === C1_LEAD ? input.length - 1 : input.length;
  if (end <= start) {
    return INCOMPLETE;
  }
  return { end, next, ...(next === 'dropped' || next === 'dropped osc' ? { instead: NOTHING } : {}) };
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

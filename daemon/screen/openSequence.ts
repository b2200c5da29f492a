import { ParserState } from './xtermInternals';

/** An escape sequence longer than this that has not ended is remembered by its kind only. */
export const MAX_OPEN_SEQUENCE = 1024 * 1024;

const NUL = 0x00;
const ESC = 0x1b;
const C1_LEAD = 0xc2;
/** Second bytes of the UTF-8 forms of DCS, SOS, CSI, OSC, PM and APC. */
const C1_INTRODUCERS = new Set([0x90, 0x98, 0x9b, 0x9d, 0x9e, 0x9f]);

/**
 * Remembers the bytes of the escape sequence that is open at the end of what was parsed, so that another
 * parser can be brought into the same state. Every sequence starts at an introducer, and an introducer
 * always starts a new one, so the last introducer is the beginning.
 */
export class OpenSequence {
  private _parts: Buffer[] = [];
  private _length = 0;

  /** Takes what was just parsed (whole characters only) and the parser's state behind it. */
  public follow(parsed: Buffer, state: number): void {
    if (state === ParserState.GROUND) {
      if (this._length > 0) {
        this.clear();
      }
      return;
    }
    const start = lastIntroducer(parsed);
    if (start >= 0) {
      this.clear();
    }
    const part = start >= 0 ? parsed.subarray(start) : parsed;
    this._length += part.length;
    if (this._length <= MAX_OPEN_SEQUENCE) {
      this._parts.push(Buffer.from(part));
    } else {
      this._parts = [];
    }
  }

  public clear(): void {
    this._parts = [];
    this._length = 0;
  }

  /** The raw bytes so far; empty in the ground state. */
  public get raw(): Buffer {
    return Buffer.concat(this._parts);
  }

  /** What to write so that a parser stands where this one does; controls that have acted are left out. */
  public continuation(state: number): Buffer {
    if (state === ParserState.GROUND) {
      return Buffer.alloc(0);
    }
    if (this._length > MAX_OPEN_SEQUENCE) {
      return Buffer.from(unknownOfKind(state));
    }
    return withoutActedControls(this.raw, state);
  }
}

/** How many bytes at the end are the beginning of a UTF-8 character whose rest has not come yet. */
export const partialCharacter = (bytes: Buffer): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) {
      return 0;
    }
    if (byte >= 0xc0) {
      const wanted = byte >= 0xf8 ? 0 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return wanted > back ? back : 0;
    }
  }
  return 0;
};

const lastIntroducer = (bytes: Buffer): number => {
  const lastEscape = bytes.lastIndexOf(ESC);
  for (let at = bytes.length - 2; at > lastEscape; at--) {
    if (bytes[at] === C1_LEAD && C1_INTRODUCERS.has(bytes[at + 1] ?? 0)) {
      return at;
    }
  }
  return lastEscape;
};

/**
 * C0 inside ESC and CSI sequences acts at once; inside a string it is payload or ignored. In the place of one that
 * has acted stands NUL, which does nothing: newer xterm.js allows no private marker behind a control.
 */
const withoutActedControls = (bytes: Buffer, state: number): Buffer => {
  const inString = state >= ParserState.SOS_PM_APC_STRING;
  // `ESC`, then the byte that makes it a string; controls between the two have acted as well.
  let stringStart = bytes.length;
  if (inString) {
    stringStart = bytes[0] === C1_LEAD ? 0 : bytes.findIndex((byte, index) => index > 0 && byte >= 0x20);
  }
  return Buffer.from(
    bytes.map((byte, index) => (index === 0 || index >= stringStart || byte >= 0x20 ? byte : NUL)),
  );
};

/** A sequence of the same kind that no terminal acts on, to swallow the rest of one too long to keep. */
const unknownOfKind = (state: number): string => {
  if (state === ParserState.OSC_STRING) {
    return '\x1b]99999;';
  }
  if (state === ParserState.SOS_PM_APC_STRING) {
    return '\x1b^';
  }
  return state >= ParserState.DCS_ENTRY ? '\x1bP99999z' : '\x1b[0?';
};

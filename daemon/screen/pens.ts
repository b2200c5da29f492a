import { Terminal } from '@xterm/headless';
import { lookOf, sgr } from './sgr';
import {
  type Attributes,
  COLOR_MODE,
  type Core,
  coreOf,
  type ExtendedAttributes,
  RGB_MASK,
} from './xtermInternals';

/** A pen as xterm.js holds it, with what is worth knowing of it at hand. */
export interface Pen {
  readonly fg: number;
  readonly bg: number;
  readonly extended: ExtendedAttributes;
  /** SGR that makes any pen look like this one. */
  readonly sgr: Buffer;
  /** Different for pens that look different; 0 is the default look. */
  readonly look: number;
  readonly hasBackground: boolean;
  /** Whether rows that scroll in, and cells that are erased, are like new ones. */
  readonly erasesPlain: boolean;
  /** Pens that SGR sequences make of this one, by a hash of the sequence. */
  readonly next: Map<number, Step>;
  /** The last found of those, by the last bits of the hash: a flood uses few, and over and over. */
  readonly recent: (Step | undefined)[];
}

interface Step {
  readonly hash: number;
  readonly sequence: Buffer;
  readonly pen: Pen;
}

const RECENT = 32;

/** Beyond so many the known ones are forgotten: true colour has more than a memory should hold. */
const MAX_PENS = 4096;
const MAX_NEXT = 1024;
const DEFAULT_KEY = '0,0,0';

/** Pens by their attributes. What a sequence does to one is asked of xterm.js itself, once. */
export class Pens {
  private readonly _core: Core;
  private readonly _known = new Map<string, Pen>();
  private readonly _looks = new Map([[DEFAULT_KEY, 0]]);
  private _lastLook = 0;

  public constructor() {
    this._core = coreOf(
      new Terminal({ allowProposedApi: true, cols: 2, rows: 1, scrollback: 0, logLevel: 'off' }),
    );
  }

  public of({ fg, bg, extended }: Attributes): Pen {
    const key = `${fg},${bg},${extended._ext},${extended._urlId}`;
    let pen = this._known.get(key);
    if (pen === undefined) {
      if (this._known.size >= MAX_PENS) {
        this._known.clear();
        this._looks.clear();
        this._looks.set(DEFAULT_KEY, 0);
      }
      pen = this._make(fg, bg, extended.clone());
      this._known.set(key, pen);
    }
    return pen;
  }

  /** What `bytes[from, to)`, an SGR sequence of that hash, makes of a pen. */
  public after(pen: Pen, hash: number, bytes: Buffer, from: number, to: number): Pen {
    const recent = pen.recent[hash % RECENT];
    if (recent !== undefined && recent.hash === hash && sameBytes(recent.sequence, bytes, from, to)) {
      return recent.pen;
    }
    const found = pen.next.get(hash);
    if (found !== undefined && sameBytes(found.sequence, bytes, from, to)) {
      pen.recent[hash % RECENT] = found;
      return found.pen;
    }
    const sequence = Buffer.from(bytes.subarray(from, to));
    const { _inputHandler } = this._core;
    const pencil = _inputHandler._curAttrData;
    pencil.fg = pen.fg;
    pencil.bg = pen.bg;
    pencil.extended = pen.extended.clone();
    _inputHandler.parse(sequence);
    const next = this.of(_inputHandler._curAttrData);
    if (pen.next.size >= MAX_NEXT) {
      pen.next.clear();
    }
    const step: Step = { hash, sequence, pen: next };
    pen.next.set(hash, step);
    pen.recent[hash % RECENT] = step;
    return next;
  }

  private _make(fg: number, bg: number, extended: ExtendedAttributes): Pen {
    const look = { ...lookOf(fg, bg, extended), link: 0 };
    const key = `${look.fg},${look.bg},${look.ext}`;
    const number = this._looks.get(key) ?? ++this._lastLook;
    this._looks.set(key, number);
    return {
      fg,
      bg,
      extended,
      sgr: Buffer.from(sgr(look)),
      look: number,
      hasBackground: (bg & COLOR_MODE) !== 0,
      erasesPlain: (bg & (COLOR_MODE | RGB_MASK)) === 0,
      next: new Map(),
      recent: Array.from({ length: RECENT }),
    };
  }
}

const sameBytes = (sequence: Buffer, bytes: Buffer, from: number, to: number): boolean => {
  if (sequence.length !== to - from) {
    return false;
  }
  for (let index = 0; index < sequence.length; index++) {
    if (sequence[index] !== bytes[from + index]) {
      return false;
    }
  }
  return true;
};

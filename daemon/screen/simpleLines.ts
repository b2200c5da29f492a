import { Mark } from './historyLine';
import { type Pen, Pens } from './pens';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const ESC = 0x1b;
const BRACKET = 0x5b;
const SGR = 0x6d;
const EL = 0x4b;
const DIGIT_0 = 0x30;

/** A longer line is left to the emulator, and so to the pieces its history is written in. */
const MAX_ROWS = 500;
/** An SGR sequence, a tab or the end of a line never adds more than this. */
const MAX_ADDED = 160;
const FIRST_OUT_BYTES = 128 * 1024;
/** Hashes stay small integers. */
const HASH_MASK = 0x3fffffff;
const RESET = Buffer.from('\x1b[m');

/** What lines are printed into. */
export interface Grid {
  readonly cols: number;
  /** Tab stops by column, beyond the width too. */
  readonly tabs: Readonly<Record<number, boolean | undefined>>;
  wcwidth(codePoint: number): 0 | 1 | 2;
}

/**
 * Encodes simple lines for the history straight from their bytes, as if they had been printed in cells and had
 * then left the screen (encodeLine): byte for byte the same. Simple is a line that starts on a blank row and
 * holds nothing but characters of one or two columns, tabs, SGR and EL, up to CR LF. Anything else, and
 * anything that would need a second thought, ends the scan in front of its line.
 */
export class SimpleLines {
  public readonly pens = new Pens();
  /** Of each line: where it starts in the bytes, where in `encoded`, the rows and the pen before it. */
  private readonly _starts: number[] = [];
  private readonly _encodedStarts: number[] = [];
  private readonly _rowsBefore: number[] = [];
  private readonly _pensBefore: Pen[] = [];
  private _out: Buffer = Buffer.alloc(0);
  private readonly _widths = new Uint8Array(0x10000);

  /** Lines found, and the entry behind the last one: the end. */
  public get count(): number {
    return this._starts.length - 1;
  }

  public start(line: number): number {
    return this._starts[line] ?? 0;
  }

  public rowsBefore(line: number): number {
    return this._rowsBefore[line] ?? 0;
  }

  public penBefore(line: number): Pen | undefined {
    return this._pensBefore[line];
  }

  /** The first lines as they stand in a history; valid until the next scan. */
  public encoded(lines: number): Buffer {
    return this._out.subarray(0, this._encodedStarts[lines] ?? 0);
  }

  /** Forgets what a long scan needed. */
  public release(): void {
    this._out = Buffer.alloc(0);
  }

  /** Looks for simple lines in `bytes[from, end)`. */
  public scan(bytes: Buffer, from: number, end: number, penBefore: Pen, grid: Grid): void {
    const { cols } = grid;
    this._starts.length = 0;
    this._encodedStarts.length = 0;
    this._rowsBefore.length = 0;
    this._pensBefore.length = 0;
    if (this._out.length < FIRST_OUT_BYTES) {
      this._out = Buffer.allocUnsafe(FIRST_OUT_BYTES);
    }
    let out = this._out;
    let pen = penBefore;
    let rows = 0;
    let at = from;
    let o = 0;
    for (;;) {
      this._starts.push(at);
      this._encodedStarts.push(o);
      this._rowsBefore.push(rows);
      this._pensBefore.push(pen);
      out = this._withRoom(o + (end - at) + MAX_ADDED, o);
      const lineStart = o;
      const rowsStart = rows;
      /** Cells of the line in front of the row the cursor is in, and the cursor's column; at most `cols`. */
      let before = 0;
      let x = 0;
      let used = 0;
      /** The look that was last written; 0 for none, which is the default one's at the start of a line. */
      let written = -1;
      let isLaidOut = false;
      let isBack = false;
      let isComplete = false;
      while (at < end) {
        const byte = bytes[at] ?? 0;
        if (byte === LF) {
          isComplete = x === 0 && pen.erasesPlain && rows - rowsStart < MAX_ROWS;
          at++;
          break;
        }
        if (byte === CR) {
          isBack = x > 0 || isBack;
          x = 0;
          at++;
          continue;
        }
        if (byte === ESC) {
          if (bytes[at + 1] !== BRACKET) {
            break;
          }
          let to = at + 2;
          let hash = 0;
          let code = bytes[to] ?? 0;
          while (code >= DIGIT_0 && code <= 0x3b && to < end) {
            hash = (hash * 33 + code) & HASH_MASK;
            code = bytes[++to] ?? 0;
          }
          if (to >= end) {
            break;
          }
          if (code === SGR) {
            pen = this.pens.after(pen, hash, bytes, at, to + 1);
          } else if (
            code !== EL ||
            isBack ||
            !pen.erasesPlain ||
            !(to === at + 2 || (to === at + 3 && bytes[at + 2] === DIGIT_0))
          ) {
            break;
          }
          at = to + 1;
          continue;
        }
        if (isBack) {
          break;
        }
        if (byte === TAB) {
          at++;
          x = nextStop(grid, x);
          continue;
        }
        if (byte < 0x20 || byte === 0x7f) {
          break;
        }
        let length = 1;
        let width = 1;
        if (byte >= 0x80) {
          const code = decode(bytes, at, end);
          width = code === 0 ? 0 : this._widthOf(code, grid);
          if (width === 0) {
            break;
          }
          length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        }
        if (x + width > cols) {
          if (!pen.erasesPlain) {
            break;
          }
          before += x;
          x = 0;
          rows++;
        }
        if (before + x > used) {
          // Cells that a tab jumped over.
          out = this._withRoom(o + (end - at) + MAX_ADDED, o);
          o += out.write(`\x1b[${before + x + 1}G`, o, 'latin1');
          isLaidOut = true;
        }
        if (pen.look !== written) {
          // Nothing has to be said at the start of a line when the pen is the default one.
          if (pen.look !== 0 || written !== -1) {
            const { sgr } = pen;
            if (o + sgr.length + (end - at) + MAX_ADDED > out.length) {
              out = this._withRoom(o + (end - at) + MAX_ADDED, o);
            }
            for (let index = 0; index < sgr.length; index++) {
              out[o++] = sgr[index] ?? 0;
            }
          }
          written = pen.look;
        }
        isLaidOut ||= pen.hasBackground;
        if (byte >= 0x80) {
          for (let index = 0; index < length; index++) {
            out[o++] = bytes[at++] ?? 0;
          }
          x += width;
        } else {
          // The rest of the row, as far as it is ASCII.
          const stop = Math.min(end, at + cols - x);
          const first = at;
          let next = byte;
          while (next >= 0x20 && next < 0x7f) {
            out[o++] = next;
            if (++at >= stop) {
              break;
            }
            next = bytes[at] ?? 0;
          }
          x += at - first;
        }
        used = before + x;
      }
      if (!isComplete) {
        break;
      }
      rows++;
      out = this._withRoom(o + (end - at) + MAX_ADDED, o);
      if (written > 0) {
        o += RESET.copy(out, o);
      }
      if (isLaidOut) {
        const mark = `${Mark.LAID_OUT}${used}${Mark.LAID_OUT_END}`;
        out.copyWithin(lineStart + mark.length, lineStart, o);
        out.write(mark, lineStart, 'latin1');
        o += mark.length;
      }
      out[o++] = LF;
    }
  }

  private _withRoom(bytes: number, used: number): Buffer {
    if (bytes > this._out.length) {
      const grown = Buffer.allocUnsafe(bytes * 2);
      this._out.copy(grown, 0, 0, used);
      this._out = grown;
    }
    return this._out;
  }

  /** Columns of a character, 0 for one that is not simple. */
  private _widthOf(code: number, grid: Grid): number {
    if (code >= 0x10000) {
      return grid.wcwidth(code);
    }
    let known = this._widths[code] ?? 0;
    if (known === 0) {
      known = grid.wcwidth(code) + 1;
      this._widths[code] = known;
    }
    return known - 1;
  }
}

const nextStop = ({ cols, tabs }: Grid, from: number): number => {
  if (from >= cols) {
    return from;
  }
  let x = from + 1;
  while (x < cols && tabs[x] !== true) {
    x++;
  }
  return Math.min(x, cols - 1);
};

/** The character at `at`, or 0 where it is no well-formed UTF-8, a C1 control or a byte order mark. */
const decode = (bytes: Buffer, at: number, end: number): number => {
  const lead = bytes[at] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || at + length > end) {
    return 0;
  }
  let code = lead & (0xff >> (length + 1));
  for (let index = 1; index < length; index++) {
    const byte = bytes[at + index] ?? 0;
    if ((byte & 0xc0) !== 0x80) {
      return 0;
    }
    code = (code << 6) | (byte & 0x3f);
  }
  const least = length === 2 ? 0xa0 : length === 3 ? 0x800 : 0x10000;
  const isOdd = code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) || code === 0xfeff;
  return isOdd ? 0 : code;
};

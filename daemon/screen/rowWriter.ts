import { DEFAULT_LOOK, isErased, type Look, lookOf, sameSgr, sgr } from './sgr';
import {
  Bg,
  CELL_WORDS,
  CODEPOINT_MASK,
  type Core,
  HAS_CONTENT,
  IS_COMBINED,
  type Line,
  WIDTH_SHIFT,
} from './xtermInternals';

export type LinkLookup = Core['_oscLinkService']['getLinkData'];

export const contentAt = (line: Line, column: number): number => line._data[column * CELL_WORDS] ?? 0;
export const widthAt = (line: Line, column: number): number => contentAt(line, column) >>> WIDTH_SHIFT;
export const hasContent = (line: Line, column: number): boolean =>
  (contentAt(line, column) & HAS_CONTENT) !== 0;

export const textAt = (line: Line, column: number): string => {
  const content = contentAt(line, column);
  if ((content & IS_COMBINED) !== 0) {
    return line._combined[column] ?? '';
  }
  const codePoint = content & CODEPOINT_MASK;
  return codePoint === 0 ? '' : String.fromCodePoint(codePoint);
};

export const lookAt = (line: Line, column: number): Look => {
  const fg = line._data[column * CELL_WORDS + 1] ?? 0;
  const bg = line._data[column * CELL_WORDS + 2] ?? 0;
  return fg === 0 && bg === 0 ? DEFAULT_LOOK : lookOf(fg, bg, line._extendedAttrs[column]);
};

/** Whether nothing was printed in a cell and it is no half of a wide character. */
export const isEmpty = (line: Line, column: number): boolean =>
  !hasContent(line, column) && widthAt(line, column) === 1;

/** How many cells of a row differ from what a new row has. */
export const usedLength = (line: Line): number => {
  const data = line._data;
  let at = line.length * CELL_WORDS;
  while (at > 0 && data[at - 3] === BLANK && data[at - 2] === 0 && data[at - 1] === 0) {
    at -= CELL_WORDS;
  }
  return at / CELL_WORDS;
};

/** Content of a cell nothing was printed in: no character, one column. */
export const BLANK = 1 << WIDTH_SHIFT;

/** IDEOGRAPHIC SPACE: two columns. */
export const WIDE_BLANK = '\u3000';

/** Whether the wide character at `column` has something else in the place of its second half. */
export const isHalved = (line: Line, column: number): boolean =>
  widthAt(line, column) === 2 && (widthAt(line, column + 1) !== 0 || hasContent(line, column + 1));

/**
 * Writes rows as the sequences that draw them on new, blank rows, keeping track of the pen. Cells that were
 * never printed stay apart from spaces (they differ in reflow and selection), so they are skipped or erased.
 */
export class RowWriter {
  private _parts: string[] = [];
  private _pen: Look = DEFAULT_LOOK;

  /** @param _cols where the rows' last column is; absent when they are drawn at any width */
  public constructor(
    private readonly _linkData: LinkLookup,
    private readonly _cols?: number,
  ) {}

  public raw(text: string): void {
    this._parts.push(text);
  }

  public pen(look: Look): void {
    if (!sameSgr(this._pen, look)) {
      this._parts.push(sgr(look));
    }
    if (this._pen.link !== look.link) {
      this._parts.push(this.link(look.link));
    }
    this._pen = look;
  }

  /** OSC 8 that opens (or with 0 closes) a hyperlink. */
  public link(id: number): string {
    const data = id === 0 ? undefined : this._linkData(id);
    if (data === undefined) {
      return '\x1b]8;;\x1b\\';
    }
    return `\x1b]8;${data.id === undefined ? '' : `id=${data.id}`};${data.uri}\x1b\\`;
  }

  public take(): string {
    const text = this._parts.join('');
    this._parts = [];
    return text;
  }

  /**
   * Draws the cells `[from, to)` with the cursor standing on `from`. Columns below `alreadyDirty` hold something
   * else already and are erased where this row has no content.
   */
  public cells(line: Line, from: number, to: number, alreadyDirty = 0): void {
    let dirty = alreadyDirty;
    let column = from;
    const data = line._data;
    const { length } = line;
    // Words of the cell before, as long as the next one can follow it without a look at the pen: most can.
    let fg = -1;
    let bg = -1;
    let run = '';
    while (column < Math.max(to, dirty)) {
      const at = column * CELL_WORDS;
      const content = data[at] ?? 0;
      if (
        data[at + 1] === fg &&
        data[at + 2] === bg &&
        (content & IS_COMBINED) === 0 &&
        (content & CODEPOINT_MASK) !== 0 &&
        content >>> WIDTH_SHIFT !== 0 &&
        (content >>> WIDTH_SHIFT === 1 || column < length - 2)
      ) {
        run += String.fromCodePoint(content & CODEPOINT_MASK);
        column += content >>> WIDTH_SHIFT;
        continue;
      }
      if (run !== '') {
        this._parts.push(run);
        run = '';
      }
      fg = -1;
      const look = lookAt(line, column);
      if ((content & HAS_CONTENT) === 0 && content >>> WIDTH_SHIFT === 0) {
        this._orphan(line, column, look);
        column++;
        continue;
      }
      if ((content & HAS_CONTENT) === 0) {
        const end = this._gapEnd(line, column, Math.max(to, dirty), look);
        dirty = this._gap(line, column, end, look, dirty);
        column = end;
        continue;
      }
      const width = content >>> WIDTH_SHIFT;
      if (width === 0) {
        // A combining character that found nothing to join: a sequence before it keeps it alone.
        this._parts.push(sgr(look));
        this._pen = { ...look, link: this._pen.link };
      }
      this.pen(look);
      if (width === 2 && column === length - 1) {
        // What a narrower size without reflow cut in two; no output draws that half.
        this._parts.push(' ');
        column++;
        continue;
      }
      this._parts.push(textAt(line, column));
      if (((data[at + 2] ?? 0) & Bg.HAS_EXTENDED) === 0) {
        fg = data[at + 1] ?? 0;
        bg = data[at + 2] ?? 0;
      }
      column += width === 0 ? 1 : width;
      if (width === 2 && this._cols === column && isHalved(line, column - 2)) {
        this._halve(line, column - 1);
        fg = -1;
      }
    }
    this._parts.push(run);
  }

  /** Puts over the second half of a wide character at the edge what stands there: only DECAWM off can do it. */
  private _halve(line: Line, column: number): void {
    this.pen(lookAt(line, column));
    this._parts.push(`\x1b[?7l${hasContent(line, column) ? textAt(line, column) : WIDE_BLANK}\x1b[?7h`);
  }

  private _gapEnd(line: Line, from: number, to: number, look: Look): number {
    let end = from + 1;
    if (isErased(look)) {
      while (end < to && isEmpty(line, end)) {
        const next = lookAt(line, end);
        if (!sameSgr(next, look) || next.link !== look.link) {
          break;
        }
        end++;
      }
    }
    return end;
  }

  /** Cells without content. Returns up to which column the row is dirty now. */
  private _gap(line: Line, from: number, end: number, look: Look, dirty: number): number {
    const count = end - from;
    if (isErased(look)) {
      if (look.bg !== 0 || from < dirty) {
        this.pen({ ...look, link: 0 });
        this._parts.push(`\x1b[${count}X`);
      }
      this.forward(end, line.length);
      return dirty;
    }
    // Half of a wide character was overwritten here: xterm leaves an empty cell with the overwriting pen.
    if (end < line.length) {
      this._parts.push('\u3000', `\x1b[${end + 1}G`);
      this.pen(look);
      this._parts.push(' ', `\x1b[${end + 1}G`);
      return Math.max(dirty, end + 1);
    }
    if (from > 0 && widthAt(line, from - 1) === 1 && hasContent(line, from - 1)) {
      this._parts.push(`\x1b[${from}G\u3000\x1b[${from}G`);
      this.pen(look);
      this._parts.push(' ', `\x1b[${from}G`);
      this.pen(lookAt(line, from - 1));
      this._parts.push(textAt(line, from - 1));
    }
    return dirty;
  }

  /**
   * The second half of a wide character whose first half is gone: what inserting into the middle of one
   * leaves in xterm.js, always behind two empty cells.
   */
  private _orphan(line: Line, column: number, look: Look): void {
    if (column >= 2 && isEmpty(line, column - 1) && isEmpty(line, column - 2)) {
      this._parts.push(`\x1b[${column - 1}G`);
      this.pen(look);
      this._parts.push(`\u3000\x1b[${column}G\x1b[@`);
      for (const before of [column - 2, column - 1]) {
        const empty = lookAt(line, before);
        this._parts.push(`\x1b[${before + 1}G`);
        this.pen(isErased(empty) ? empty : DEFAULT_LOOK);
        this._parts.push('\x1b[X');
      }
    }
    this.forward(column + 1, line.length);
  }

  /** Moves to a column of a row of `length`. */
  public forward(column: number, length: number): void {
    // Cursor forward stops at the last column, where nothing is left to draw.
    this._parts.push(`\x1b[${Math.min(column, length - 1) + 1}G`);
  }
}

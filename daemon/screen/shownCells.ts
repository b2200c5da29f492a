import type { ScreenCell } from './screenCells';
import type { Cursor } from './screenState';
import { DEFAULT_LOOK, type Look, sameSgr } from './sgr';

/**
 * How wide a browser draws a text: `plain` characters have the width of the font, all the same; of others each may come
 * from a font of its own.
 */
export type TextKind = 'plain' | 'other' | 'wide';

/** Adjacent cells that are drawn alike. */
export interface Piece {
  readonly column: number;
  /** Columns. */
  readonly width: number;
  readonly text: string;
  readonly look: Look;
  readonly kind: TextKind;
  /** The cursor stands here. */
  readonly isCursor: boolean;
}

/** ASCII and the letters of Latin-1: in every monospace font. */
const PLAIN = /^[\x20-\x7e\xa1-\xac\xae-\xff]$/;

/**
 * A row in pieces that can be drawn one by one: of one look and kind; the cell of the cursor, and each wide one, alone.
 * @param cursor if it is in this row
 * @param joins whether a cell that is neither plain nor wide may join the one before
 */
export const piecesOf = (
  cells: readonly ScreenCell[],
  cursor: Cursor | undefined,
  joins: (text: string, before: string) => boolean,
): readonly Piece[] => {
  const pieces: Piece[] = [];
  let last: { -readonly [Key in keyof Piece]: Piece[Key] } | undefined;
  for (const { column, width, text, look } of withCursor(cells, cursor)) {
    const isCursor = cursor !== undefined && cursor.col >= column && cursor.col < column + width;
    const kind = width === 2 ? 'wide' : PLAIN.test(text) ? 'plain' : 'other';
    if (
      last !== undefined &&
      !isCursor &&
      !last.isCursor &&
      kind !== 'wide' &&
      kind === last.kind &&
      sameSgr(look, last.look) &&
      (kind === 'plain' || joins(text, last.text))
    ) {
      last.width += width;
      last.text += text;
    } else {
      last = { column, width, text, look, kind, isCursor };
      pieces.push(last);
    }
  }
  return pieces;
};

/** A cursor may stand behind all that is printed. */
const withCursor = (cells: readonly ScreenCell[], cursor: Cursor | undefined): readonly ScreenCell[] => {
  const last = cells.at(-1);
  const end = last === undefined ? 0 : last.column + last.width;
  if (cursor === undefined || cursor.col < end) {
    return cells;
  }
  const blanks = Array.from({ length: cursor.col + 1 - end }, (_, index) => ({
    column: end + index,
    width: 1 as const,
    text: ' ',
    look: DEFAULT_LOOK,
  }));
  return [...cells, ...blanks];
};

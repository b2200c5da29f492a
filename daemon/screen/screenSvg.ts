import type { Underline } from '../protocol/styles';
import { escapedMarkup } from './markup';
import { COLOR_BACKGROUND, COLOR_CURSOR } from './queryAnswers';
import type { ScreenCell } from './screenCells';
import type { Cursor } from './screenState';
import { type Piece, piecesOf } from './shownCells';
import { hexOf, type Palette, type ShownLook, shownLook } from './shownLook';

/** Of a cell, in the drawing's units: what the usual monospace fonts need, and no higher, so that box drawing joins. */
const CELL_WIDTH = 8.4;
const CELL_HEIGHT = 16;
const FONT_SIZE = 14;
/** From a row's top. */
const BASELINE = 13;
const UNDERLINE = 14.5;
const STRIKETHROUGH = 8.5;
const PADDING = 8;
const FONT = "Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace";

/**
 * Rows as one SVG that needs nothing else: every piece of text says where it stands and how wide it is, so that cells are
 * where they belong in whatever monospace font a browser has.
 */
export class ScreenSvg {
  private readonly _grounds: string[] = [];
  private readonly _texts: string[] = [];
  private _rows = 0;

  public constructor(
    private readonly _palette: Palette,
    private readonly _cols: number,
  ) {}

  /** @param cursor if it is seen in this row */
  public add(cells: readonly ScreenCell[], cursor: Cursor | undefined): void {
    const top = this._rows * CELL_HEIGHT;
    this._rows++;
    // Only the same character again is sure to come from the same font.
    for (const piece of piecesOf(cells, cursor, (text, before) => before.startsWith(text))) {
      this._piece(piece, top, cursor);
    }
  }

  public document(title: string): string {
    const width = size(this._cols * CELL_WIDTH + 2 * PADDING);
    const height = this._rows * CELL_HEIGHT + 2 * PADDING;
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-PADDING} ${-PADDING} ${width} ${height}" role="img" aria-label="${escapedMarkup(title)}">
<rect x="${-PADDING}" y="${-PADDING}" width="${width}" height="${height}" fill="${hexOf(this._palette(COLOR_BACKGROUND))}"/>
<g shape-rendering="crispEdges">
${this._grounds.join('\n')}
</g>
<g font-family="${FONT}" font-size="${FONT_SIZE}" style="font-variant-ligatures:none">
${this._texts.join('\n')}
</g>
</svg>
`;
  }

  private _piece(piece: Piece, top: number, cursor: Cursor | undefined): void {
    const { column, width, look, isCursor } = piece;
    const x = size(column * CELL_WIDTH);
    const shown = shownLook(look, this._palette);
    const ground = (fill: string, rest = ''): void => {
      this._grounds.push(
        `<rect x="${x}" y="${top}" width="${size(width * CELL_WIDTH)}" height="${CELL_HEIGHT}" fill="${fill}"${rest}/>`,
      );
    };
    if (shown.background !== undefined) {
      ground(shown.background);
    }
    const isBlock = isCursor && (cursor?.style ?? 'block') === 'block';
    const cursorColor = hexOf(this._palette(COLOR_CURSOR));
    if (isBlock) {
      ground(cursorColor, ' class="cursor"');
    }
    this._text(piece, isBlock ? { ...shown, color: hexOf(this._palette(COLOR_BACKGROUND)) } : shown, top);
    if (!shown.hidden) {
      this._lines(shown, piece, top);
    }
    if (isCursor && !isBlock) {
      const [left, line, wide, high] =
        cursor?.style === 'bar'
          ? [x, top, 2, CELL_HEIGHT]
          : [x, top + CELL_HEIGHT - 2, size(width * CELL_WIDTH), 2];
      this._texts.push(
        `<rect class="cursor" x="${left}" y="${line}" width="${wide}" height="${high}" fill="${cursorColor}"/>`,
      );
    }
  }

  private _text({ text, column, width, kind }: Piece, shown: ShownLook, top: number): void {
    if (kind !== 'plain') {
      this._word(text, column, width, shown, top);
      return;
    }
    // What becomes of several spaces in a row differs too.
    for (const { 0: words, index } of text.matchAll(/\S+(?: \S+)*/g)) {
      this._word(words, column + index, words.length, shown, top);
    }
  }

  private _word(text: string, column: number, width: number, shown: ShownLook, top: number): void {
    const attributes = [
      `x="${size(column * CELL_WIDTH)}"`,
      `y="${top + BASELINE}"`,
      `textLength="${size(width * CELL_WIDTH)}"`,
      'lengthAdjust="spacingAndGlyphs"',
      `fill="${shown.color}"`,
      ...(shown.bold ? ['font-weight="bold"'] : []),
      ...(shown.italic ? ['font-style="italic"'] : []),
      ...(shown.hidden ? ['visibility="hidden"'] : []),
    ];
    this._texts.push(`<text ${attributes.join(' ')}>${escapedMarkup(text)}</text>`);
  }

  /** Lines at, over and through a piece. What browsers make of text-decoration in SVG differs. */
  private _lines(shown: ShownLook, { column, width }: Piece, top: number): void {
    const from = size(column * CELL_WIDTH);
    const to = size((column + width) * CELL_WIDTH);
    const line = (y: number, color: string, rest = ''): void => {
      this._texts.push(`<path d="M${from} ${top + y}H${to}" stroke="${color}"${rest}/>`);
    };
    if (shown.overline) {
      line(0.5, shown.color);
    }
    if (shown.strikethrough) {
      line(STRIKETHROUGH, shown.color);
    }
    const { style, color } = shown.underline ?? {};
    if (color === undefined) {
      return;
    }
    if (style === 'curly') {
      const waves = `q${CELL_WIDTH / 8} -3 ${CELL_WIDTH / 4} 0t${CELL_WIDTH / 4} 0`.repeat(width * 2);
      this._texts.push(`<path d="M${from} ${top + UNDERLINE}${waves}" stroke="${color}" fill="none"/>`);
    } else if (style === 'double') {
      line(UNDERLINE - 1, color);
      line(UNDERLINE + 1, color);
    } else {
      line(UNDERLINE, color, style === undefined ? '' : (DASHES[style] ?? ''));
    }
  }
}

const DASHES: Readonly<Partial<Record<Underline, string>>> = {
  dotted: ' stroke-dasharray="1.4 1.4"',
  dashed: ' stroke-dasharray="4.2 2.1"',
};

const size = (value: number): number => Math.round(value * 100) / 100;

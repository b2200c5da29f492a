import { escapedMarkup } from './markup';
import { COLOR_BACKGROUND, COLOR_CURSOR, COLOR_FOREGROUND } from './queryAnswers';
import type { ScreenCell } from './screenCells';
import type { Cursor } from './screenState';
import { DEFAULT_LOOK, sameSgr } from './sgr';
import { type Piece, piecesOf } from './shownCells';
import { hexOf, type Palette, type ShownLook, shownLook } from './shownLook';

const FONT = "14px/16px Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace";
/** What the usual monospace fonts need, and no higher, so that box drawing joins. */
const ROW_HEIGHT = 16;
const UNDERLINE_CSS = {
  single: 'solid',
  double: 'double',
  curly: 'wavy',
  dotted: 'dotted',
  dashed: 'dashed',
};

/**
 * Rows as one HTML document that needs nothing else: no script, no resource, no link. Each row is a line of its `pre`,
 * so that its text is the rows' text. What is coloured, or not sure to have the font's width, is a box of its cells' width.
 */
export class ScreenHtml {
  private readonly _parts: string[] = [];

  public constructor(private readonly _palette: Palette) {}

  /** @param cursor if it is seen in this row */
  public add(cells: readonly ScreenCell[], cursor: Cursor | undefined): void {
    const pieces = piecesOf(cells, cursor, () => true);
    this._parts.push(pieces.map((piece) => this._piece(piece, cursor)).join(''), '\n');
  }

  public document(title: string): string {
    const background = hexOf(this._palette(COLOR_BACKGROUND));
    const color = hexOf(this._palette(COLOR_FOREGROUND));
    return `<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapedMarkup(title)}</title>
<style>
body{margin:0;background:${background}}
pre{margin:0;padding:8px;direction:ltr;font:${FONT};font-variant-ligatures:none}
pre span{display:inline-block;height:${ROW_HEIGHT}px;vertical-align:top}
</style>
</head>
<body>
<pre style="color:${color};background:${background}">
${this._parts.join('')}</pre>
</body>
</html>
`;
  }

  private _piece({ text, look, kind, width, isCursor }: Piece, cursor: Cursor | undefined): string {
    const shown = escapedMarkup(text);
    if (!isCursor && kind === 'plain' && sameSgr(look, DEFAULT_LOOK)) {
      return shown;
    }
    const css = [
      `width:${width}ch`,
      ...lookCss(shownLook(look, this._palette)),
      ...(isCursor ? this._cursorCss(cursor) : []),
    ];
    return `<span${isCursor ? ' class="cursor"' : ''} style="${css.join(';')}">${shown}</span>`;
  }

  private _cursorCss(cursor: Cursor | undefined): readonly string[] {
    const color = hexOf(this._palette(COLOR_CURSOR));
    switch (cursor?.style) {
      case 'underline':
        return [`box-shadow:inset 0 -2px ${color}`];
      case 'bar':
        return [`box-shadow:inset 2px 0 ${color}`];
      default:
        return [`background:${color}`, `color:${hexOf(this._palette(COLOR_BACKGROUND))}`];
    }
  }
}

const lookCss = (look: ShownLook): readonly string[] => {
  const lines = [
    ...(look.underline === undefined ? [] : ['underline']),
    ...(look.overline ? ['overline'] : []),
    ...(look.strikethrough ? ['line-through'] : []),
  ];
  const underline =
    look.underline === undefined ? '' : ` ${UNDERLINE_CSS[look.underline.style]} ${look.underline.color}`;
  return [
    `color:${look.hidden ? 'transparent' : look.color}`,
    ...(look.background === undefined ? [] : [`background:${look.background}`]),
    ...(look.bold ? ['font-weight:bold'] : []),
    ...(look.italic ? ['font-style:italic'] : []),
    ...(lines.length === 0 ? [] : [`text-decoration:${lines.join(' ')}${underline}`]),
  ];
};

import {
  COLOR_NAMES,
  type ScreenStyles,
  type Style,
  type StyleColor,
  type StyleRun,
  UNDERLINES,
  type Underline,
} from '../protocol/styles';
import type { ScreenCell } from './screenCells';
import { DEFAULT_LOOK, type Look, sameSgr, underlineStyle } from './sgr';
import { Bg, COLOR_MODE, COLOR_P16, COLOR_P256, COLOR_RGB, Fg, RGB_MASK } from './xtermInternals';

/** A look in words. */
export const styleOf = ({ fg, bg, ext }: Look): Style => {
  const foreground = colorOf(fg);
  const background = colorOf(bg);
  const underline = underlineOf(fg, ext);
  const underlineColor = underline === undefined ? undefined : colorOf(ext);
  return {
    ...(foreground === undefined ? {} : { fg: foreground }),
    ...(background === undefined ? {} : { bg: background }),
    ...((fg & Fg.BOLD) !== 0 ? { bold: true } : {}),
    ...((bg & Bg.DIM) !== 0 ? { dim: true } : {}),
    ...((bg & Bg.ITALIC) !== 0 ? { italic: true } : {}),
    ...(underline === undefined ? {} : { underline }),
    ...(underlineColor === undefined ? {} : { underlineColor }),
    ...((bg & Bg.OVERLINE) !== 0 ? { overline: true } : {}),
    ...((fg & Fg.STRIKETHROUGH) !== 0 ? { strikethrough: true } : {}),
    ...((fg & Fg.BLINK) !== 0 ? { blink: true } : {}),
    ...((fg & Fg.INVERSE) !== 0 ? { inverse: true } : {}),
    ...((fg & Fg.INVISIBLE) !== 0 ? { hidden: true } : {}),
  };
};

const underlineOf = (fg: number, ext: number): Underline | undefined =>
  (fg & Fg.UNDERLINE) === 0 ? undefined : (UNDERLINES[underlineStyle(ext) - 1] ?? 'single');

const colorOf = (word: number): StyleColor | undefined => {
  const value = word & RGB_MASK;
  switch (word & COLOR_MODE) {
    case COLOR_P16:
      return COLOR_NAMES[value & 0xf];
    case COLOR_P256:
      return value & 0xff;
    case COLOR_RGB:
      return `#${value.toString(16).padStart(6, '0')}`;
    default:
      return undefined;
  }
};

/** Gathers the looks of rows, from the top. */
export class StyleRuns {
  private readonly _numbers = new Map<string, number>();
  private readonly _legend: Style[] = [];
  private readonly _runs: StyleRun[] = [];

  public add(row: number, cells: readonly ScreenCell[]): void {
    let open: { readonly look: Look; readonly col: number; end: number } | undefined;
    const close = (): void => {
      if (open !== undefined) {
        this._push({ row, col: open.col, length: open.end - open.col }, open.look);
        open = undefined;
      }
    };
    for (const { column, width, look } of cells) {
      if (open !== undefined && sameSgr(open.look, look)) {
        open.end = column + width;
      } else {
        close();
        open = sameSgr(look, DEFAULT_LOOK) ? undefined : { look, col: column, end: column + width };
      }
    }
    close();
  }

  /** @param above rows of scrollback among them: they have negative numbers */
  public styles(above: number): ScreenStyles {
    return {
      legend: this._legend,
      runs: above === 0 ? this._runs : this._runs.map((run) => ({ ...run, row: run.row - above })),
    };
  }

  private _push(run: Omit<StyleRun, 'style'>, { fg, bg, ext }: Look): void {
    const style = styleOf({ fg, bg, ext, link: 0 });
    // What is left out of the words (an underline's colour without an underline) makes no other style.
    const key = JSON.stringify(style);
    if (key === '{}') {
      return;
    }
    let number = this._numbers.get(key);
    if (number === undefined) {
      number = this._legend.push(style) - 1;
      this._numbers.set(key, number);
    }
    this._runs.push({ ...run, style: number });
  }
}

import type { Underline } from '../protocol/styles';
import { styleOf } from './lookStyles';
import { COLOR_BACKGROUND, COLOR_FOREGROUND, type Rgb } from './queryAnswers';
import type { Look } from './sgr';
import { COLOR_MODE, COLOR_P16, COLOR_P256, COLOR_RGB, Fg, RGB_MASK } from './xtermInternals';

/** What colours are: of the palette, or 256 foreground, 257 background, 258 cursor. */
export type Palette = (index: number) => Rgb;

/** How a look is drawn: colours as `#rrggbb`, as VS Code's terminal draws it unless its settings say otherwise. */
export interface ShownLook {
  readonly color: string;
  /** Undefined for the screen's own. */
  readonly background: string | undefined;
  readonly bold: boolean;
  readonly italic: boolean;
  readonly hidden: boolean;
  readonly underline: { readonly style: Underline; readonly color: string } | undefined;
  readonly overline: boolean;
  readonly strikethrough: boolean;
}

/** Blinking text is drawn as it is when it can be seen. */
export const shownLook = (look: Look, palette: Palette): ShownLook => {
  const { underline, bold, dim, italic, hidden, overline, strikethrough } = styleOf(look);
  const isInverse = (look.fg & Fg.INVERSE) !== 0;
  const plain = rgbOf(isBright(look.fg) ? look.fg + BRIGHT : look.fg, COLOR_FOREGROUND, palette);
  const ground = rgbOf(look.bg, COLOR_BACKGROUND, palette);
  const [ink, paper] = isInverse ? [ground, plain] : [plain, ground];
  const color = hexOf(dim === true ? mixed(ink, paper) : ink);
  const hasBackground = isInverse || (look.bg & COLOR_MODE) !== 0;
  return {
    color,
    background: hasBackground ? hexOf(paper) : undefined,
    bold: bold === true,
    italic: italic === true,
    hidden: hidden === true,
    underline:
      underline === undefined
        ? undefined
        : {
            style: underline,
            color: (look.ext & COLOR_MODE) === 0 ? color : hexOf(rgbOf(look.ext, COLOR_FOREGROUND, palette)),
          },
    overline: overline === true,
    strikethrough: strikethrough === true,
  };
};

/** From a colour of the first eight to its bright one. */
const BRIGHT = 8;
/** Bold brightens the eight colours (terminal.integrated.drawBoldTextInBrightColors). */
const isBright = (fg: number): boolean =>
  (fg & Fg.BOLD) !== 0 && (fg & COLOR_MODE) === COLOR_P16 && (fg & 0xff) < BRIGHT;

const rgbOf = (word: number, fallback: number, palette: Palette): Rgb => {
  const value = word & RGB_MASK;
  switch (word & COLOR_MODE) {
    case COLOR_P16:
    case COLOR_P256:
      return palette(value & 0xff);
    case COLOR_RGB:
      return [value >>> 16, (value >>> 8) & 0xff, value & 0xff];
    default:
      return palette(fallback);
  }
};

/** Dim text is half as far from what it stands on. */
const mixed = (ink: Rgb, paper: Rgb): Rgb => [
  (ink[0] + paper[0]) >> 1,
  (ink[1] + paper[1]) >> 1,
  (ink[2] + paper[2]) >> 1,
];

export const hexOf = (rgb: Rgb): string =>
  `#${rgb.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;

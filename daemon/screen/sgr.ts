import {
  type Attributes,
  Bg,
  COLOR_MODE,
  COLOR_P16,
  COLOR_P256,
  COLOR_RGB,
  type ExtendedAttributes,
  Fg,
  RGB_MASK,
} from './xtermInternals';

/** A pen or a cell's attributes, without stale bits, so that equal looks are equal values. */
export interface Look {
  readonly fg: number;
  readonly bg: number;
  /** Underline style and colour; 0 where the cell has none. */
  readonly ext: number;
  /** Hyperlink id, 0 for none. */
  readonly link: number;
}

export const DEFAULT_LOOK: Look = { fg: 0, bg: 0, ext: 0, link: 0 };

/** Bits of a colour that mean something in its mode; xterm leaves old ones standing in the others. */
export const cleanColor = (word: number): number => {
  const mode = word & COLOR_MODE;
  const bits = mode === COLOR_RGB ? RGB_MASK : mode === 0 ? 0 : 0xff;
  return (word & (~(COLOR_MODE | RGB_MASK) | COLOR_MODE | bits)) >>> 0;
};

const UNDERLINE_STYLE = 0x1c000000;
const UNDERLINE_SHIFT = 26;

export const lookOf = (fg: number, bg: number, extended: ExtendedAttributes | undefined): Look => {
  const hasExtended = (bg & Bg.HAS_EXTENDED) !== 0 && extended !== undefined;
  return {
    fg: cleanColor(fg),
    bg: cleanColor(bg & ~Bg.HAS_EXTENDED),
    ext: hasExtended ? underline(fg, extended) : 0,
    link: hasExtended ? extended._urlId : 0,
  };
};

type Pen = Pick<Attributes, 'fg' | 'bg'> & { readonly extended: Pick<ExtendedAttributes, '_ext' | '_urlId'> };

/** A pen, which keeps its underline colour while nothing is underlined. */
export const lookOfPen = ({ fg, bg, extended }: Pen): Look => ({
  fg: cleanColor(fg),
  bg: cleanColor(bg & ~Bg.HAS_EXTENDED),
  ext: underline(fg, extended),
  link: extended._urlId,
});

/** Of a look's `ext`: 1 single, 2 double, 3 curly, 4 dotted, 5 dashed. */
export const underlineStyle = (ext: number): number => (ext & UNDERLINE_STYLE) >>> UNDERLINE_SHIFT;

/** Style and colour. xterm.js can lose the style of what is underlined (DECRC, DECALN): that is a single line. */
const underline = (fg: number, { _ext }: Pick<ExtendedAttributes, '_ext'>): number => {
  const color = cleanColor(_ext & (COLOR_MODE | RGB_MASK));
  if ((fg & Fg.UNDERLINE) === 0) {
    return color;
  }
  return (color | (_ext & UNDERLINE_STYLE || 1 << UNDERLINE_SHIFT)) >>> 0;
};

export const sameSgr = (a: Look, b: Look): boolean => a.fg === b.fg && a.bg === b.bg && a.ext === b.ext;

/** Whether only the background differs from the default: what erasing leaves behind (back colour erase). */
export const isErased = (look: Look): boolean =>
  look.fg === 0 && look.ext === 0 && look.link === 0 && (look.bg & ~(COLOR_MODE | RGB_MASK)) === 0;

const CACHE_LIMIT = 4096;
const cache = new Map<string, string>();

/** SGR that makes any pen this one, and DECSCA, which SGR 0 resets in xterm. The hyperlink is not part of it. */
export const sgr = (look: Look): string => {
  if (look.fg === 0 && look.bg === 0 && look.ext === 0) {
    return '\x1b[m';
  }
  const key = `${look.fg},${look.bg},${look.ext}`;
  let text = cache.get(key);
  if (text === undefined) {
    text = build(look);
    if (cache.size >= CACHE_LIMIT) {
      cache.clear();
    }
    cache.set(key, text);
  }
  return text;
};

const build = ({ fg, bg, ext }: Look): string => {
  const codes: (number | string)[] = [0];
  const flag = (on: number, code: number): void => {
    if (on !== 0) {
      codes.push(code);
    }
  };
  flag(fg & Fg.BOLD, 1);
  flag(bg & Bg.DIM, 2);
  flag(bg & Bg.ITALIC, 3);
  if ((fg & Fg.UNDERLINE) !== 0) {
    const style = underlineStyle(ext);
    codes.push(style > 1 ? `4:${style}` : 4);
  }
  flag(fg & Fg.BLINK, 5);
  flag(fg & Fg.INVERSE, 7);
  flag(fg & Fg.INVISIBLE, 8);
  flag(fg & Fg.STRIKETHROUGH, 9);
  flag(bg & Bg.OVERLINE, 53);
  codes.push(...color(fg, 30, 90, 38), ...color(bg, 40, 100, 48), ...color(ext, 0, 0, 58));
  return `\x1b[${codes.join(';')}m${(bg & Bg.PROTECTED) !== 0 ? '\x1b[1"q' : ''}`;
};

/** 30–37 and 38;5;0–7 look alike but are different colours to xterm (bold brightens only the first). */
const color = (word: number, base: number, bright: number, extended: number): (number | string)[] => {
  const value = word & RGB_MASK;
  switch (word & COLOR_MODE) {
    case COLOR_P16:
      return [(value & 0xff) < 8 ? base + (value & 7) : bright + (value & 7)];
    case COLOR_P256:
      return [extended, 5, value & 0xff];
    case COLOR_RGB:
      return [extended, 2, value >>> 16, (value >>> 8) & 0xff, value & 0xff];
    default:
      return [];
  }
};

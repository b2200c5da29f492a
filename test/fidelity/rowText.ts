import type { InternalBuffer, InternalLine, Internals } from './emulators';

export const ATTRIBUTE_BITS = {
  inverse: 0x4000000,
  underline: 0x10000000,
  invisible: 0x40000000,
  strike: 0x80000000,
};
const FG_FLAGS = 0xfc000000;
const BG_ITALIC_DIM = 0xc000000;
const BG_HAS_EXTENDED = 0x10000000;
const BG_PROTECTED = 0x20000000;
const BG_OVERLINE = 0x40000000;
const COLOR_MODE = 0x3000000;
const RGB = 0x3000000;
const P16 = 0x1000000;
const P256 = 0x2000000;
const CELL_WORDS = 3;
export const UNDERLINE_STYLE = 0x1c000000;
export const UNDERLINE_COLOR = 0x3ffffff;

/** A colour as seen: the sixteen that have two ways to be asked for are the same. */
const colour = (word: number): string => {
  const mode = word & COLOR_MODE;
  if (mode === 0) {
    return '';
  }
  return mode === RGB ? `#${(word & 0xffffff).toString(16)}` : `${word & 0xff}`;
};

/** A colour as remembered. */
export const exactColour = (word: number): string => {
  const mode = word & COLOR_MODE;
  return `${mode === P16 ? 'p' : mode === P256 ? 'i' : ''}${colour(word)}`;
};

type Describe = (line: InternalLine, column: number, core: Internals) => string;

const contentOf = (line: InternalLine, column: number): number => line._data[column * CELL_WORDS] ?? 0;
export const widthAt = (line: InternalLine, column: number): number => contentOf(line, column) >>> 22;
/** Whether a character of such a width stands there. */
export const isPrinted = (line: InternalLine, column: number, width: number): boolean =>
  widthAt(line, column) === width && (contentOf(line, column) & 0x3fffff) !== 0;
const textOf = (line: InternalLine, column: number): string => {
  const content = contentOf(line, column);
  if ((content & 0x200000) !== 0) {
    return line._combined[column] ?? '';
  }
  const code = content & 0x1fffff;
  return code === 0 ? '' : String.fromCodePoint(code);
};
const isBlank = (line: InternalLine, column: number): boolean => {
  const content = contentOf(line, column) & 0x3fffff;
  return (content === 0 && contentOf(line, column) >>> 22 !== 0) || content === 0x20;
};

/** Style, colour and link of a cell. */
const extended = (
  line: InternalLine,
  column: number,
  core: Internals,
): { style: number; colour: number; link: string } => {
  const bg = line._data[column * CELL_WORDS + 2] ?? 0;
  const attributes = (bg & BG_HAS_EXTENDED) !== 0 ? line._extendedAttrs[column] : undefined;
  if (attributes === undefined) {
    return { style: 0, colour: 0, link: '' };
  }
  const link = attributes._urlId === 0 ? undefined : core._oscLinkService.getLinkData(attributes._urlId);
  return {
    style: (attributes._ext & UNDERLINE_STYLE) >>> 26,
    colour: attributes._ext & UNDERLINE_COLOR,
    link: link === undefined ? '' : `${link.id ?? ''} ${link.uri}`,
  };
};

/** What of a cell's look reaches the eye: of a blank one only the background and lines through it. */
const seenLook: Describe = (line, column, core) => {
  const fg = line._data[column * CELL_WORDS + 1] ?? 0;
  const bg = line._data[column * CELL_WORDS + 2] ?? 0;
  const { style, colour: underline } = extended(line, column, core);
  const underlined =
    (fg & ATTRIBUTE_BITS.underline) !== 0
      ? `u${style || 1}${underline & COLOR_MODE ? colour(underline) : ''}`
      : '';
  if (isBlank(line, column)) {
    const lines = fg & (ATTRIBUTE_BITS.inverse | ATTRIBUTE_BITS.strike);
    const hasFront = lines !== 0 || underlined !== '' || (bg & BG_OVERLINE) !== 0;
    return `${lines >>> 0 === 0 ? '' : (lines >>> 0).toString(16)},${hasFront ? colour(fg) : ''},${colour(bg)},${bg & BG_OVERLINE},${underlined}`;
  }
  const flags = fg & FG_FLAGS & ~ATTRIBUTE_BITS.underline;
  return `${(flags >>> 0).toString(16)},${colour(fg)},${colour(bg)},${bg & (BG_ITALIC_DIM | BG_OVERLINE)},${underlined}`;
};

const exactLook: Describe = (line, column, core) => {
  const fg = line._data[column * CELL_WORDS + 1] ?? 0;
  const bg = line._data[column * CELL_WORDS + 2] ?? 0;
  const { style, colour: underline, link } = extended(line, column, core);
  return [
    ((fg & FG_FLAGS) >>> 0).toString(16),
    exactColour(fg),
    exactColour(bg),
    (bg & (BG_ITALIC_DIM | BG_PROTECTED | BG_OVERLINE)).toString(16),
    // A plain underline is written down in two ways.
    `${(fg & ATTRIBUTE_BITS.underline) !== 0 ? style || 1 : style}`,
    exactColour(underline),
    link,
  ].join(',');
};

/** What xterm.js keeps of a row beyond the terminal's width is not shown. */
export const describeRow = (line: InternalLine, core: Internals, isExact: boolean): string => {
  const look = isExact ? exactLook : seenLook;
  const runs: string[] = [];
  let last = '';
  let end = Math.min(line.length, core._bufferService.cols);
  const isUnused = (column: number): boolean =>
    (isExact
      ? (contentOf(line, column) & 0x3fffff) === 0 && contentOf(line, column) >>> 22 !== 0
      : isBlank(line, column)) &&
    (line._data[column * CELL_WORDS + 1] ?? 0) === 0 &&
    (line._data[column * CELL_WORDS + 2] ?? 0) === 0;
  while (end > 0 && isUnused(end - 1)) {
    end--;
  }
  for (let column = 0; column < end; column++) {
    const here = look(line, column, core);
    if (here !== last && contentOf(line, column) >>> 22 !== 0) {
      runs.push(`{${here}}`);
      last = here;
    }
    const text = textOf(line, column);
    if (text !== '') {
      runs.push(text);
    } else if (contentOf(line, column) >>> 22 !== 0) {
      runs.push(isExact ? '·' : ' ');
    } else if (isExact) {
      runs.push('‹');
    }
  }
  // Blanks at the end that nothing distinguishes from unwritten cells.
  return isExact ? runs.join('') : runs.join('').replace(/(?:\{,,,0,\})? *$/u, '');
};

export const rowsOf = (buffer: InternalBuffer, from: number, to: number): InternalLine[] => {
  const rows: InternalLine[] = [];
  for (let index = from; index < to; index++) {
    const line = buffer.lines.get(index);
    if (line !== undefined) {
      rows.push(line);
    }
  }
  return rows;
};

export const linksOf = (rows: readonly InternalLine[], core: Internals): string[] =>
  rows.flatMap((line, row) => {
    const links: string[] = [];
    for (const column of Object.keys(line._extendedAttrs).map(Number)) {
      const { link } = extended(line, column, core);
      if (link !== '') {
        links.push(`${row}:${column} ${link}`);
      }
    }
    return links;
  });

export const penOf = ({ fg, bg }: { readonly fg: number; readonly bg: number }): string =>
  [
    ((fg & FG_FLAGS) >>> 0).toString(16),
    exactColour(fg),
    exactColour(bg),
    (bg & (BG_ITALIC_DIM | BG_PROTECTED | BG_OVERLINE)).toString(16),
  ].join(',');

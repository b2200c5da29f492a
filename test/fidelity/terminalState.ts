import type { EmulatorTerminal, InternalBuffer, InternalLine, Internals } from './emulators';

/** What a person looking at the terminal sees. */
export interface Seen {
  readonly rows: readonly string[];
  readonly cursor: string;
}

/** Everything that a terminal shows and remembers, by what it is for. All values can be compared as JSON. */
export interface TerminalState {
  readonly seen: Seen;
  /**
   * Rows above the screen, and the normal screen while the alternate one is shown; `↪` goes on from the row
   * before. Blank rows at both ends say nothing: they are what the terminal held before, or never used.
   */
  readonly scrollback: readonly string[];
  /** Which rows of the screen go on from the row before. */
  readonly wraps: string;
  readonly links: readonly string[];
  /** Shown or not, shape, blinking. */
  readonly cursor: readonly unknown[];
  /** What keys, mouse and pastes send, and the buffer in use. */
  readonly modes: Readonly<Record<string, unknown>>;
  readonly title: string;
  readonly palette: readonly string[];
}

/** What can not be seen but decides what later output does. */
export type InnerState = Readonly<Record<string, unknown>>;

const ATTRIBUTE_BITS = {
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
const UNDERLINE_STYLE = 0x1c000000;
const UNDERLINE_COLOR = 0x3ffffff;

/** A colour as seen: the sixteen that have two ways to be asked for are the same. */
const colour = (word: number): string => {
  const mode = word & COLOR_MODE;
  if (mode === 0) {
    return '';
  }
  return mode === RGB ? `#${(word & 0xffffff).toString(16)}` : `${word & 0xff}`;
};

/** A colour as remembered. */
const exactColour = (word: number): string => {
  const mode = word & COLOR_MODE;
  return `${mode === P16 ? 'p' : mode === P256 ? 'i' : ''}${colour(word)}`;
};

type Describe = (line: InternalLine, column: number, core: Internals) => string;

const contentOf = (line: InternalLine, column: number): number => line._data[column * CELL_WORDS] ?? 0;
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
const describeRow = (line: InternalLine, core: Internals, isExact: boolean): string => {
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

const rowsOf = (buffer: InternalBuffer, from: number, to: number): InternalLine[] => {
  const rows: InternalLine[] = [];
  for (let index = from; index < to; index++) {
    const line = buffer.lines.get(index);
    if (line !== undefined) {
      rows.push(line);
    }
  }
  return rows;
};

const linksOf = (rows: readonly InternalLine[], core: Internals): string[] =>
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

/** The cursor as it is drawn: a pending wrap is on the last column. */
const cursorOf = ({ core, terminal }: EmulatorTerminal): string => {
  const { active } = core._bufferService.buffers;
  const place = `${active.y},${Math.min(active.x, terminal.cols - 1)}`;
  return core.coreService.isCursorHidden ? `hidden` : place;
};

export const describeSeen = (emulator: EmulatorTerminal): Seen => {
  const { core, terminal } = emulator;
  const { active } = core._bufferService.buffers;
  return {
    rows: rowsOf(active, active.ybase, active.ybase + terminal.rows).map((line) =>
      describeRow(line, core, false),
    ),
    cursor: cursorOf(emulator),
  };
};

export const describeState = (emulator: EmulatorTerminal): TerminalState => {
  const { core, terminal } = emulator;
  const { normal, alt, active } = core._bufferService.buffers;
  const screen = rowsOf(active, active.ybase, active.ybase + terminal.rows);
  const above = rowsOf(normal, 0, normal.ybase + (active === alt ? terminal.rows : 0));
  const modes = core.coreService.decPrivateModes;
  const mouse = core.coreMouseService ?? core.mouseStateService;
  return {
    seen: describeSeen(emulator),
    scrollback: withoutBlankEnds(
      above.map(
        (line, index) => `${line.isWrapped && index > 0 ? '↪' : ''}${describeRow(line, core, false)}`,
      ),
    ),
    // The first row of the alternate screen has none before it, nor has a normal one without scrollback.
    wraps: screen
      .map((line, row) =>
        line.isWrapped && (row > 0 || (active === normal && above.length > 0)) ? '↪' : '.',
      )
      .join(''),
    links: linksOf(screen, core),
    cursor: [core.coreService.isCursorHidden, modes.cursorStyle ?? 'block', modes.cursorBlink ?? false],
    modes: {
      keys: [modes.applicationCursorKeys, modes.applicationKeypad, modes.bracketedPasteMode, modes.sendFocus],
      mouse: [mouse?.activeProtocol, mouse?.activeEncoding],
      kitty: core.coreService.kittyKeyboard ?? null,
      later: [modes.win32InputMode ?? false, modes.colorSchemeUpdates ?? false],
      buffer: active === alt ? 'alternate' : 'normal',
    },
    title: core._inputHandler._windowTitle,
    palette: [...emulator.palette].map(([index, rgb]) => `${index}=${rgb.join(',')}`).sort(),
  };
};

const withoutBlankEnds = (rows: readonly string[]): readonly string[] => {
  const first = rows.findIndex((row) => row !== '');
  return first < 0 ? [] : rows.slice(first, rows.findLastIndex((row) => row !== '') + 1);
};

const savedOf = (buffer: InternalBuffer, cols: number, emulator: EmulatorTerminal): unknown[] => [
  Math.min(buffer.savedX, cols - 1),
  Math.max(buffer.savedY - buffer.ybase, 0),
  penOf(buffer.savedCurAttrData),
  emulator.charsetName(buffer.savedCharset),
  buffer.savedOriginMode ?? null,
  buffer.savedWraparoundMode ?? null,
  buffer.savedGlevel ?? null,
  buffer.savedCharsets === undefined
    ? null
    : [0, 1, 2, 3].map((level) => emulator.charsetName(buffer.savedCharsets?.[level])),
];

const penOf = ({ fg, bg }: { readonly fg: number; readonly bg: number }): string =>
  [
    ((fg & FG_FLAGS) >>> 0).toString(16),
    exactColour(fg),
    exactColour(bg),
    (bg & (BG_ITALIC_DIM | BG_PROTECTED | BG_OVERLINE)).toString(16),
  ].join(',');

/** Every cell and variable, told apart as finely as the emulator itself does. */
export const describeInner = (emulator: EmulatorTerminal): InnerState => {
  const { core, terminal } = emulator;
  const { normal, alt, active } = core._bufferService.buffers;
  const input = core._inputHandler;
  const { cols, rows } = terminal;
  const pen = input._curAttrData;
  const link = core._oscLinkService.getLinkData(pen.extended._urlId);
  const bufferState = (buffer: InternalBuffer): unknown => ({
    // Above the alternate screen there may be rows that a smaller window left over; nothing shows them.
    cells: rowsOf(buffer, buffer === alt ? buffer.ybase : 0, buffer.ybase + rows).map((line) =>
      describeRow(line, core, true),
    ),
    ybase: buffer === alt ? 0 : buffer.ybase,
    region: [buffer.scrollTop, buffer.scrollBottom],
    tabs: Object.keys(buffer.tabs)
      .filter((column) => buffer.tabs[Number(column)] === true && Number(column) < cols)
      .join(),
    saved: savedOf(buffer, cols, emulator),
  });
  return {
    size: [cols, rows],
    cursor: [active.x, active.y],
    pen: [
      penOf(pen),
      (pen.fg & ATTRIBUTE_BITS.underline) !== 0 || (pen.extended._ext & UNDERLINE_STYLE) >>> 26 > 1
        ? (pen.extended._ext & UNDERLINE_STYLE) >>> 26 || 1
        : 0,
      exactColour(pen.extended._ext & UNDERLINE_COLOR),
      link === undefined ? '' : `${link.id ?? ''} ${link.uri}`,
    ],
    parser: input._parser.currentState,
    repeats: input._parser.precedingJoinState,
    normal: bufferState(normal),
    alternate: active === alt ? bufferState(alt) : savedOf(alt, cols, emulator),
    modes: { ...core.coreService.decPrivateModes, synchronizedOutput: false },
    insert: core.coreService.modes.insertMode,
    options: [core.optionsService.rawOptions.convertEol, core.optionsService.rawOptions.cursorBlink],
    charsets: [
      emulator.charsetName(core._charsetService.charset),
      core._charsetService.glevel,
      [0, 1, 2, 3].map((level) => emulator.charsetName(core._charsetService._charsets[level])),
    ],
    titles: [input._iconName, input._windowTitleStack, input._iconNameStack],
  };
};

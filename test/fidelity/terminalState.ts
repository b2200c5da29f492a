import type { EmulatorTerminal, InternalBuffer } from './emulators';
import {
  ATTRIBUTE_BITS,
  describeRow,
  exactColour,
  linksOf,
  penOf,
  rowsOf,
  UNDERLINE_COLOR,
  UNDERLINE_STYLE,
} from './rowText';

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

/** A saved row beyond the last one is restored as that. */
const savedOf = (
  buffer: InternalBuffer,
  { cols, rows }: { readonly cols: number; readonly rows: number },
  emulator: EmulatorTerminal,
): unknown[] => [
  Math.min(buffer.savedX, cols - 1),
  Math.min(Math.max(buffer.savedY - buffer.ybase, 0), rows - 1),
  penOf(buffer.savedCurAttrData),
  emulator.charsetName(buffer.savedCharset),
  buffer.savedOriginMode ?? null,
  buffer.savedWraparoundMode ?? null,
  buffer.savedGlevel ?? null,
  buffer.savedCharsets === undefined
    ? null
    : [0, 1, 2, 3].map((level) => emulator.charsetName(buffer.savedCharsets?.[level])),
];

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
    saved: savedOf(buffer, terminal, emulator),
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
    alternate: active === alt ? bufferState(alt) : savedOf(alt, terminal, emulator),
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

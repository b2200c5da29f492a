import { designator, throughCharset } from './charsets';
import { NO_MARKS, type RowMarks } from './commandMarks';
import type { Emulator } from './emulator';
import { canWrapIn, LINE_END, type RowOptions, writeRows } from './rowFlow';
import { contentAt, hasContent, isHalved, lookAt, RowWriter, textAt, WIDE_BLANK, widthAt } from './rowWriter';
import { screenRows } from './screenState';
import { folders, lateModes, properties, titleAndColors } from './serializeModes';
import { DEFAULT_LOOK, isErased, lookOfPen, sameSgr, sgr } from './sgr';
import { joinWidth, type Line, type Buffer as ScreenBuffer } from './xtermInternals';

export interface SerializeOptions {
  /** Rows to write above the screen. */
  readonly rowsAbove?: readonly Line[];
  readonly marksAbove?: RowMarks;
  /** What is written before them, in UTF-8: older scrollback, ending at the start of a row with the default pen. */
  readonly prefix?: Buffer;
  /** The last row of `prefix` is full and wraps into the first one behind it. */
  readonly prefixWraps?: boolean;
}

/** A stream in UTF-8, in pieces: the first rows of a long one are finished bytes. */
export type Serialized = readonly [before: string, prefix: Buffer, behind: string];

/**
 * Everything an emulator shows and remembers as a stream for an empty terminal of the same size. What
 * follows depends on what comes before it: rows need autowrap and the default margins, DECSTBM and DECOM
 * home the cursor, any sequence forgets the character REP would repeat.
 */
export const serialize = (
  emulator: Emulator,
  options: Omit<SerializeOptions, 'prefix' | 'prefixWraps'> = {},
): string => {
  const [before, , behind] = serializeBehind(emulator, options);
  return before + behind;
};

/** The same with older rows in front. */
export const serializeBehind = (emulator: Emulator, options: SerializeOptions): Serialized => {
  const { core } = emulator;
  const { normal, alt, active } = core._bufferService.buffers;
  const writer = new RowWriter((id) => core._oscLinkService.getLinkData(id), emulator.terminal.cols);
  writer.raw(properties(emulator));
  const { flags, left, pushed } = emulator.tracked.kitty;
  const hasKitty = left.normal !== 0 || left.alternate !== 0 || pushed.alternate.length > 0;
  if (active === normal && (hasKitty || isBufferTouched(alt) || savedModes(alt, emulator)[0] !== '')) {
    // The alternate screen is empty while it is not shown, but its saved cursor lives on, and its keyboard flags.
    writer.raw(`${kitty([], left.normal, 0)}\x1b[?47h`);
    writeSavedCursor(writer, alt, emulator, rowOfSaved(alt, emulator));
    writer.raw(`${kitty(pushed.alternate, left.alternate, 0)}\x1b[?47l\x1b[H`);
  }
  const savedAbove = savedRowAbove(emulator);
  if (savedAbove !== undefined) {
    writeSavedCursor(writer, normal, emulator, savedAbove);
    writer.raw('\x1b[H');
  }
  const wrapsIn = options.prefixWraps === true && canWrapIn(options.rowsAbove?.[0] ?? normal.lines.get(0));
  const prefix = options.prefix ?? NOTHING;
  const before = writer.take();
  const marks = new Map([...(options.marksAbove ?? NO_MARKS), ...emulator.marks.rows]);
  writeBuffer(writer, normal, emulator, options.rowsAbove ?? [], { marks, wrapsIn });
  if (active === normal) {
    writer.raw(kitty(pushed.normal, flags, left.normal));
  } else {
    writer.raw(kitty(pushed.normal, left.normal, 0));
    writer.raw(`\x1b[${normal.y + 1};${Math.min(normal.x, emulator.terminal.cols - 1) + 1}H\x1b[?47h`);
    // Flags with which the alternate screen was left before; it is shown for the second time.
    writer.raw(left.alternate === 0 ? '' : `${kitty([], left.alternate, 0)}\x1b[?47l\x1b[?47h`);
    writer.raw('\x1b[H');
    writeBuffer(writer, alt, emulator, [], { marks: NO_MARKS });
    writer.raw(kitty(pushed.alternate, flags, left.alternate));
  }
  const drawn = writer.take();
  writer.raw(folders(emulator, prefix, drawn));
  writer.raw(titleAndColors(emulator));
  writer.raw(charsets(emulator));
  writer.raw(lateModes(emulator));
  writeCursor(writer, active, emulator);
  writer.raw(beyondEdge(active, emulator));
  return [before, wrapsIn ? prefix.subarray(0, -LINE_END.length) : prefix, drawn + writer.take()];
};

const NOTHING = Buffer.alloc(0);

const writeBuffer = (
  writer: RowWriter,
  buffer: ScreenBuffer,
  emulator: Emulator,
  rowsAbove: readonly Line[],
  options: Pick<RowOptions, 'marks' | 'wrapsIn'>,
): void => {
  const { cols, rows } = emulator.terminal;
  const lines = [...rowsAbove, ...screenRows(emulator, buffer)];
  writeRows(writer, lines, { cols, ...options });
  if (buffer !== emulator.core._bufferService.buffers.normal || savedRowAbove(emulator) === undefined) {
    writeSavedCursor(writer, buffer, emulator, rowOfSaved(buffer, emulator));
  }
  writer.raw(tabStops(buffer, cols));
  if (buffer.scrollTop !== 0 || buffer.scrollBottom !== rows - 1) {
    writer.raw(`\x1b[${buffer.scrollTop + 1};${buffer.scrollBottom + 1}r`);
  }
};

const isBufferTouched = (buffer: ScreenBuffer): boolean =>
  buffer.savedX !== 0 ||
  buffer.savedY !== 0 ||
  buffer.savedCharset !== undefined ||
  buffer.savedCurAttrData.fg !== 0 ||
  buffer.savedCurAttrData.bg !== 0;

const rowOfSaved = (buffer: ScreenBuffer, { terminal }: Emulator): number =>
  Math.min(Math.max(buffer.savedY - buffer.ybase, 0), terminal.rows - 1);

/** The row of the normal screen's saved cursor, as xterm.js counts it. */
const rowFromTop = ({ core, tap }: Emulator): number => {
  const { savedY, ybase } = core._bufferService.buffers.normal;
  return savedY - ybase + tap.rowsAbove;
};

/**
 * The row of a normal screen's saved cursor that has left the screen, counted from the top of the scrollback as
 * xterm.js does: ED 3 makes it one of the screen again. It is saved before anything is drawn; undefined when that
 * can't be, because it is further down, or need not.
 */
const savedRowAbove = (emulator: Emulator): number | undefined => {
  const { savedY, ybase } = emulator.core._bufferService.buffers.normal;
  const row = rowFromTop(emulator);
  return savedY < ybase && row > 0 && row < emulator.terminal.rows ? row : undefined;
};

/** DECSC: position, pen and the character set in force. Written with DECOM off. */
const writeSavedCursor = (writer: RowWriter, buffer: ScreenBuffer, emulator: Emulator, row: number): void => {
  const pen = lookOfPen({ ...buffer.savedCurAttrData, extended: { _ext: 0, _urlId: 0 } });
  const [before, after] = savedModes(buffer, emulator);
  if (row === 0 && buffer.savedX === 0 && sameSgr(pen, DEFAULT_LOOK) && before === '') {
    return;
  }
  const column = Math.min(buffer.savedX, emulator.terminal.cols - 1);
  // DECOM homes the cursor.
  writer.raw(`${before}\x1b[${row + 1};${column + 1}H${sgr(pen)}\x1b7${after}\x1b[m`);
};

/** Puts in force what DECSC is to save beside position and pen, and back to what it was. */
const savedModes = (buffer: ScreenBuffer, { core, tracked }: Emulator): readonly [string, string] => {
  const isAlternate = buffer === core._bufferService.buffers.alt;
  const saved = isAlternate ? tracked.saved.alternate : tracked.saved.normal;
  const charset = designator(buffer.savedCharset);
  // DECRC may have put a set in force that GL does not say: then that one alone is known.
  const isKnown = charset === designator(saved.charsets[saved.glevel]);
  const finals = isKnown ? DESIGNATE.map((_, level) => designator(saved.charsets[level])) : [charset];
  const before: string[] = [];
  const after: string[] = [];
  finals.forEach((final, level) => {
    if (final !== 'B') {
      before.push(`\x1b${DESIGNATE[level]}${final}`);
      after.push(`\x1b${DESIGNATE[level]}B`);
    }
  });
  if (isKnown && saved.glevel !== 0) {
    before.push(SHIFT[saved.glevel] ?? '');
    after.push('\x0f');
  }
  if (saved.origin) {
    before.push('\x1b[?6h');
    after.push('\x1b[?6l');
  }
  if (!saved.wraparound) {
    before.push('\x1b[?7l');
    after.push('\x1b[?7h');
  }
  return [before.join(''), after.join('')];
};

const TAB_WIDTH = 8;

const tabStops = (buffer: ScreenBuffer, cols: number): string => {
  const stops = Object.keys(buffer.tabs)
    .map(Number)
    .filter((column) => buffer.tabs[column] === true && column < cols);
  const isDefault =
    stops.length === Math.ceil(cols / TAB_WIDTH) && stops.every((column) => column % TAB_WIDTH === 0);
  return isDefault ? '' : `\x1b[3g${stops.map((column) => `\x1b[${column + 1}G\x1bH`).join('')}`;
};

/** Keyboard flags of the screen that is shown, with those pushed below them, where `inForce` is what it has. */
const kitty = (below: readonly number[], flags: number, inForce: number): string => {
  const [base, ...pushed] = [...below, flags];
  return `${base === inForce ? '' : `\x1b[=${base};1u`}${pushed.map((next) => `\x1b[>${next}u`).join('')}`;
};

const DESIGNATE = ['(', ')', '*', '+'] as const;
const SHIFT = ['\x0f', '\x0e', '\x1bn', '\x1bo'] as const;

/** G0–G3 and which of them is in GL; DECRC may have put another one in force than GL says. */
const charsets = (emulator: Emulator): string => {
  const { _charsets, glevel, charset } = emulator.core._charsetService;
  const { active } = emulator.core._bufferService.buffers;
  const designations = DESIGNATE.map((intermediate, level) => {
    const final = designator(_charsets[level]);
    return final === 'B' ? '' : `\x1b${intermediate}${final}`;
  }).join('');
  const shift = glevel === 0 ? '' : (SHIFT[glevel] ?? '');
  const restored = charset !== _charsets[glevel] && charset === active.savedCharset ? '\x1b8\x1b[m' : '';
  return `${designations}${shift}${restored}`;
};

/** Combining characters with nothing to join take xterm.js's cursor further beyond a pending wrap: so many are kept. */
const MAX_BEYOND = 100;

const beyondEdge = (buffer: ScreenBuffer, { core, terminal }: Emulator): string => {
  const beyond = Math.min(buffer.x - terminal.cols, MAX_BEYOND);
  // Any sequence in front of them leaves nothing to join.
  return beyond <= 0 ? '' : `${sgr(lookOfPen(core._inputHandler._curAttrData))}${'\u0301'.repeat(beyond)}`;
};

/** Position, pen, pending wrap and the character REP repeats: always the last thing. */
const writeCursor = (writer: RowWriter, buffer: ScreenBuffer, emulator: Emulator): void => {
  const { core } = emulator;
  const { cols } = emulator.terminal;
  const { origin } = core.coreService.decPrivateModes;
  const top = origin ? buffer.scrollTop : 0;
  const pen = lookOfPen(core._inputHandler._curAttrData);
  const penText = (): string => `${sgr(pen)}${pen.link === 0 ? '' : writer.link(pen.link)}`;
  const moveTo = (column: number): string => `\x1b[${buffer.y - top + 1};${column + 1}H`;
  const line = screenRows(emulator, buffer)[buffer.y];
  const joinState = core._inputHandler._parser.precedingJoinState;
  const column = line === undefined ? -1 : characterBefore(line, Math.min(buffer.x, cols));
  const isPending = buffer.x >= cols;
  if (line !== undefined && ((isPending && isHalved(line, cols - 2)) || isUnfit(emulator, buffer))) {
    writer.raw(atEdge(writer, line, buffer, emulator, moveTo, penText()));
    return;
  }
  const repeats =
    joinState !== 0 && column >= 0 && line !== undefined && widthAt(line, column) === joinWidth(joinState);
  if (line === undefined || !(isPending || repeats)) {
    writer.raw(`${moveTo(Math.min(buffer.x, cols - 1))}${penText()}`);
    return;
  }
  if (column < 0) {
    writer.raw(`${pendingOnBlank(line, cols, moveTo)}${penText()}`);
    return;
  }
  const width = Math.max(1, widthAt(line, column));
  const look = lookAt(line, column);
  writer.raw(moveTo(column));
  if (core.coreService.modes.insertMode) {
    // Printing it again would push the rest of the row; taking it out first lets it push back.
    writer.raw(`\x1b[m\x1b[${width}P`);
  }
  const text = throughCharset(textAt(line, column), core._charsetService.charset);
  const isPen = look.fg === pen.fg && look.bg === pen.bg && look.link === pen.link;
  if (repeats && isPen && (look.ext === 0 || look.ext === pen.ext)) {
    writer.raw(`${penText()}${text}`);
    return;
  }
  writer.raw(`${sgr(look)}${look.link === 0 ? '' : writer.link(look.link)}${text}`);
  writer.raw(`${look.link !== 0 && pen.link === 0 ? writer.link(0) : ''}${penText()}`);
};

/** A wide character that did not fit was the last one printed, and DECAWM is off: REP repeats what is left of it. */
const isUnfit = ({ core, terminal }: Emulator, buffer: ScreenBuffer): boolean =>
  !core.coreService.decPrivateModes.wraparound &&
  buffer.x === terminal.cols - 1 &&
  joinWidth(core._inputHandler._parser.precedingJoinState) === 2;

/** The same where only DECAWM off can have brought the cursor: behind half a wide character, or before one that did not fit. */
const atEdge = (
  writer: RowWriter,
  line: Line,
  buffer: ScreenBuffer,
  emulator: Emulator,
  moveTo: (column: number) => string,
  pen: string,
): string => {
  const { cols } = emulator.terminal;
  const { decPrivateModes, modes } = emulator.core.coreService;
  const last = cols - 1;
  const draw = (column: number): string => {
    const look = lookAt(line, column);
    const text = throughCharset(textAt(line, column), emulator.core._charsetService.charset);
    return `${sgr(look)}${writer.link(look.link)}${text}`;
  };
  const isHalf = isHalved(line, last - 1);
  const insert = modes.insertMode && isHalf ? ['\x1b[4l', '\x1b[4h'] : ['', ''];
  const start = isHalf ? `${moveTo(last - 1)}${insert[0]}${draw(last - 1)}\x1b[?7l` : moveTo(last);
  if (isUnfit(emulator, buffer)) {
    return `${start}${insert[1]}${pen}${WIDE_BLANK}`;
  }
  const isPen = sameSgr(lookAt(line, last), lookOfPen(emulator.core._inputHandler._curAttrData));
  return `${start}${draw(last)}${insert[1]}${decPrivateModes.wraparound ? '\x1b[?7h' : ''}${isPen ? '' : pen}`;
};

/** The column of the character whose last cell is left of `x`, or -1 when that cell is empty. */
const characterBefore = (line: Line, x: number): number => {
  if (x === 0) {
    return -1;
  }
  if (hasContent(line, x - 1)) {
    return widthAt(line, x - 1) === 2 ? -1 : x - 1;
  }
  return contentAt(line, x - 1) >>> 22 === 0 && x > 1 && widthAt(line, x - 2) === 2 ? x - 2 : -1;
};

/** A pending wrap over an empty cell: only possible to reach again when the whole row is erased. */
const pendingOnBlank = (line: Line, cols: number, moveTo: (column: number) => string): string => {
  const look = lookAt(line, 0);
  for (let column = 0; column < cols; column++) {
    if (hasContent(line, column) || !sameSgr(lookAt(line, column), look)) {
      return moveTo(cols - 1);
    }
  }
  return `${moveTo(cols - 1)}\x1b[m ${sgr(isErased(look) ? look : DEFAULT_LOOK)}\x1b[${line.isWrapped ? 1 : 2}K`;
};

import type { CursorStyle, TerminalModes } from '../protocol/terminals';
import type { Emulator } from './emulator';
import type { Buffer, Line } from './xtermInternals';

export interface Cursor {
  readonly row: number;
  readonly col: number;
  readonly visible: boolean;
  readonly style: CursorStyle;
}

/** The rows on the screen. */
export const screenRows = (
  emulator: Emulator,
  buffer: Buffer = emulator.core._bufferService.buffers.active,
): Line[] => {
  const { cols } = emulator.terminal;
  const rows: Line[] = [];
  for (let row = 0; row < emulator.terminal.rows; row++) {
    const line = buffer.lines.get(buffer.ybase + row);
    if (line !== undefined) {
      rows.push(line.length > cols ? visible(line, cols) : line);
    }
  }
  return rows;
};

/** xterm.js leaves the rows of a buffer that does not reflow as long as they were when it becomes narrower. */
const visible = (line: Line, cols: number): Line => {
  const row = line.clone();
  row.resize(cols);
  return row;
};

/** A pending wrap is reported on the last column. */
export const cursorOf = (emulator: Emulator): Cursor => {
  const { active } = emulator.core._bufferService.buffers;
  const { isCursorHidden, decPrivateModes } = emulator.core.coreService;
  return {
    row: active.y,
    col: Math.min(active.x, emulator.terminal.cols - 1),
    visible: !isCursorHidden,
    style: decPrivateModes.cursorStyle ?? 'block',
  };
};

const TRACKING: Readonly<Record<string, TerminalModes['mouseTracking']>> = {
  X10: 'x10',
  VT200: 'vt200',
  DRAG: 'drag',
  ANY: 'any',
};

export const modesOf = (emulator: Emulator): TerminalModes => {
  const { decPrivateModes: modes, modes: ansi } = emulator.core.coreService;
  const { activeProtocol } = emulator.core.coreMouseService;
  return {
    applicationCursor: modes.applicationCursorKeys,
    applicationKeypad: modes.applicationKeypad,
    bracketedPaste: modes.bracketedPasteMode,
    focusEvents: modes.sendFocus,
    mouseTracking: TRACKING[activeProtocol] ?? 'none',
    mouseEncoding: mouseEncoding(emulator),
    kittyKeyboard: emulator.tracked.kitty.flags,
    insert: ansi.insertMode,
    origin: modes.origin,
    wraparound: modes.wraparound,
    synchronizedOutput: modes.synchronizedOutput,
  };
};

const mouseEncoding = ({ core, tracked }: Emulator): TerminalModes['mouseEncoding'] => {
  switch (core.coreMouseService.activeEncoding) {
    case 'SGR':
      return 'sgr';
    case 'SGR_PIXELS':
      return 'sgr-pixels';
    default:
      return tracked.modes.get(1015) === true
        ? 'urxvt'
        : tracked.modes.get(1005) === true
          ? 'utf8'
          : 'default';
  }
};

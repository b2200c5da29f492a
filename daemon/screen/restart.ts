import type { Emulator } from './emulator';
import { usedRows } from './lastScreen';
import { writeRows } from './rowFlow';
import { RowWriter, usedLength } from './rowWriter';
import { screenRows } from './screenState';

/** CUP, ED 2, ED 3: as clear(1), with the scrollback. */
const CLEAR = '\x1b[H\x1b[2J\x1b[3J';

/**
 * What to write to a terminal under which a program starts again: an alternate screen is left as text in
 * the normal one, every mode goes back to its default, and `separator` stands on a line of its own.
 */
export const restartSequence = (emulator: Emulator, separator: string | null): string => {
  const { core } = emulator;
  const { alt, active } = core._bufferService.buffers;
  const left = active === alt ? drawing(emulator) : '';
  const colors =
    emulator.tracked.colors.size > 0 ? '\x1b]104\x1b\\\x1b]110\x1b\\\x1b]111\x1b\\\x1b]112\x1b\\' : '';
  return [
    active === alt ? '\x1b[?47l' : '',
    // DECSTR, then what it does not reset in xterm.js.
    '\x1b[!p\x1b[?1;9;12;45;1000;1002;1003;1004;1005;1006;1015;1016;2004;2026l\x1b[?25h\x1b>\x1b[4;20l',
    '\x1b[0 q\x1b[?7h\x1b[m\x1b]8;;\x1b\\\x1b(B\x1b)B\x1b*B\x1b+B\x0f\x1b[3g',
    colors,
    defaultTabs(emulator.terminal.cols),
    separator === null
      ? CLEAR
      : [toBottom(emulator), '\r\n', left, separator === '' ? '' : `${separator}\x1b[m\r\n`].join(''),
  ].join('');
};

const drawing = (emulator: Emulator): string => {
  const rows = usedRows(screenRows(emulator));
  const writer = new RowWriter((id) => emulator.core._oscLinkService.getLinkData(id), emulator.terminal.cols);
  writeRows(writer, rows, {
    cols: emulator.terminal.cols,
  });
  return rows.length === 0 ? '' : `${writer.take()}\r\n`;
};

const defaultTabs = (cols: number): string => {
  let text = '';
  for (let column = 0; column < cols; column += 8) {
    text += `\x1b[${column + 1}G\x1bH`;
  }
  return text;
};

/** Below the last row of the normal screen that has anything on it. */
const toBottom = (emulator: Emulator): string => {
  const { normal } = emulator.core._bufferService.buffers;
  let last = emulator.terminal.rows - 1;
  while (last > 0) {
    const line = normal.lines.get(normal.ybase + last);
    if (line !== undefined && usedLength(line) > 0) {
      break;
    }
    last--;
  }
  return `\x1b[${last + 1};1H`;
};

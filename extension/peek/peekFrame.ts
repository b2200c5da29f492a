import type { Size } from '../../daemon/protocol/model';

/** What a peek shows. */
export interface PeekedScreen {
  /** Its rows, as text with SGR, no wider than there is room. */
  readonly rows: readonly string[];
  /** Of the terminal itself. */
  readonly size: Size;
  readonly cursor: { readonly row: number; readonly col: number; readonly visible: boolean };
  /** What stands below it: plain text, without controls. @param isWhole whether all of it is shown */
  readonly footer: (isWhole: boolean) => string;
}

/**
 * What draws a screen in a terminal of another size, whatever it showed before: its rows from the top, unless the
 * cursor is further down, and a line that says what it is, bold and with a rule above it (SGR 53): themes may draw inverse text
 * faintly. DEC 2026 (synchronized output) keeps half of it from being seen.
 */
export const peekFrame = ({ rows, size, cursor, footer }: PeekedScreen, room: Size): string => {
  const height = Math.max(1, room.rows - 1);
  const from = Math.min(Math.max(0, cursor.row - height + 1), Math.max(0, rows.length - height));
  const shown = rows.slice(from, from + height);
  const isWhole = size.cols <= room.cols && size.rows <= height;
  const drawn = Array.from(
    { length: height },
    (_, index) => `\x1b[${index + 1};1H\x1b[m${shown[index] ?? ''}\x1b[m\x1b[K`,
  );
  const line = [...footer(isWhole).padEnd(room.cols)].slice(0, room.cols).join('');
  const isCursorSeen = cursor.visible && cursor.row - from < height && cursor.col < room.cols;
  const cursorAt = isCursorSeen ? `\x1b[${cursor.row - from + 1};${cursor.col + 1}H\x1b[?25h` : '\x1b[?25l';
  return [
    '\x1b[?2026h',
    ...drawn,
    ...(room.rows > 1 ? [`\x1b[${room.rows};1H\x1b[1;53m${line}\x1b[m`] : []),
    cursorAt,
    '\x1b[?2026l',
  ].join('');
};

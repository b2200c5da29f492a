import type { Size } from '../../daemon/protocol/model';

/** How much of a screen there is room for: all, some that keys lead through, or some because it is wider. */
export type PeekedPart = 'all' | 'some-rows' | 'some-columns';

/** What a peek shows. */
export interface PeekedScreen {
  /** Its rows, as text with SGR, no wider than there is room. */
  readonly rows: readonly string[];
  /** Of the terminal itself. */
  readonly size: Size;
  readonly cursor: { readonly row: number; readonly col: number; readonly visible: boolean };
  /** What stands below it: plain text, without controls. */
  readonly footer: (part: PeekedPart) => string;
}

/** A screen as it is shown in a terminal of another size. */
export interface PeekFrame {
  /** The first of the screen's rows that is shown, and the last that can be the first. */
  readonly top: number;
  readonly lastTop: number;
  /** How many of them are shown. */
  readonly height: number;
  /** All that is shown, from the top: text with SGR. */
  readonly rows: readonly string[];
  /** Puts the cursor where it is, or hides it. */
  readonly cursor: string;
}

/**
 * A screen in a terminal of another size: its rows from the top, unless the cursor is further down, and a line that says what it is,
 * bold and with a rule above it (SGR 53): themes may draw inverse text faintly.
 * @param top the first row to be shown; undefined: so that the cursor is seen
 */
export const peekFrame = (
  { rows, size, cursor, footer }: PeekedScreen,
  room: Size,
  top?: number,
): PeekFrame => {
  const height = Math.max(1, room.rows - 1);
  const lastTop = Math.max(0, rows.length - height);
  const from = Math.min(Math.max(0, top ?? cursor.row - height + 1), lastTop);
  const part = lastTop > 0 ? 'some-rows' : size.cols > room.cols ? 'some-columns' : 'all';
  const line = [...footer(part).padEnd(room.cols)].slice(0, room.cols).join('');
  const row = cursor.row - from;
  const isCursorSeen = cursor.visible && row >= 0 && row < height && cursor.col < room.cols;
  return {
    top: from,
    lastTop,
    height,
    rows: [
      ...Array.from({ length: height }, (_, index) => rows[from + index] ?? ''),
      ...(room.rows > 1 ? [`\x1b[1;53m${line}`] : []),
    ],
    cursor: isCursorSeen ? `\x1b[${row + 1};${cursor.col + 1}H\x1b[?25h` : '\x1b[?25l',
  };
};

/**
 * What draws a frame over another one, or over whatever there is. Only rows that have changed are written: VS Code reads out to a screen
 * reader all that a terminal is written, and takes away a selection that it touches. DEC 2026 (synchronized output) keeps half of it from being seen.
 * @returns nothing where nothing has changed
 */
export const drawnOver = (frame: PeekFrame, before: PeekFrame | undefined): string => {
  const changed = frame.rows.flatMap((row, index) =>
    row === before?.rows[index] ? [] : [`\x1b[${index + 1};1H\x1b[m${row}\x1b[m\x1b[K`],
  );
  return changed.length === 0 && frame.cursor === before?.cursor
    ? ''
    : ['\x1b[?2026h', ...changed, frame.cursor, '\x1b[?2026l'].join('');
};

import type { TerminalSnapshot } from '../protocol/terminals';
import { drawnRow } from './drawnRows';
import type { Emulator } from './emulator';
import { StyleRuns } from './lookStyles';
import type { Rebuilt } from './rebuild';
import { type ScreenCell, seenCells } from './screenCells';
import { ScreenHtml } from './screenHtml';
import { type Cursor, cursorOf, screenRows } from './screenState';
import { ScreenSvg } from './screenSvg';
import { scrollbackRows } from './scrollbackRows';
import { keptTitle } from './serializeModes';
import type { Line } from './xtermInternals';

/** Takes rows one by one, from the top. */
interface Drawing {
  /** @param cursor if it is seen in this row */
  add(cells: readonly ScreenCell[], cursor: Cursor | undefined): void;
  document(title: string): string;
}

/** Rows as text with SGR: what tmux's `capture-pane -e` prints. */
class ScreenAnsi implements Drawing {
  private readonly _rows: string[] = [];

  public add(cells: readonly ScreenCell[]): void {
    this._rows.push(drawnRow(cells), '\n');
  }

  public document(): string {
    return this._rows.join('');
  }
}

/** The rows of a screen and up to `scrollback` above it, as text and in the ways asked for. */
export const drawnScreen = (
  { emulator, history }: Rebuilt,
  scrollback: number,
  wanted: Pick<TerminalSnapshot.Params, 'format' | 'styles'>,
): Pick<TerminalSnapshot.Result, 'lines' | 'rendered' | 'styles'> => {
  const lines: string[] = [];
  const drawing = wanted.format === undefined ? undefined : drawingOf(wanted.format, emulator);
  const runs = wanted.styles === true ? new StyleRuns() : undefined;
  const add = (row: Line, cursor?: Cursor): void => {
    const cells = seenCells(row);
    drawing?.add(cells, cursor);
    runs?.add(lines.length, cells);
    lines.push(row.translateToString(true).trimEnd());
  };
  for (const row of scrollbackRows(history, scrollback, emulator.size.cols)) {
    add(row);
  }
  const above = lines.length;
  const cursor = cursorOf(emulator);
  screenRows(emulator).forEach((row, index) => {
    add(row, cursor.visible && cursor.row === index ? cursor : undefined);
  });
  const title = keptTitle(emulator.core._inputHandler._windowTitle);
  return {
    lines,
    ...(drawing === undefined ? {} : { rendered: drawing.document(title === '' ? 'Holdfast' : title) }),
    ...(runs === undefined ? {} : { styles: runs.styles(above) }),
  };
};

const drawingOf = (format: TerminalSnapshot.Format, emulator: Emulator): Drawing => {
  const palette = (index: number) => emulator.colorOf(index);
  switch (format) {
    case 'html':
      return new ScreenHtml(palette);
    case 'svg':
      return new ScreenSvg(palette, emulator.size.cols);
    case 'ansi':
      return new ScreenAnsi();
  }
};

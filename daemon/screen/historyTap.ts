import type { Terminal } from '@xterm/headless';
import type { CommandMark, CommandMarks } from './commandMarks';
import { coreOf, type Line, type Lines, type Buffer as Rows } from './xtermInternals';

/** Told of rows that leave the top of a terminal's normal buffer, oldest first. */
export interface TrimListener {
  /** @param isContinued whether the next row goes on with its logical line. The row is reused after. */
  onTrimmed(row: Line, isContinued: boolean, marks: readonly CommandMark[]): void;
  /** Lines that would have left it, had they been put there first, encoded as encodeLine does. */
  onLines(lines: Buffer): void;
  /** ED 3 or RIS: the scrollback was cleared on purpose. */
  onCleared(): void;
}

export interface HistoryTap {
  /** Rows that a terminal which keeps all of them has above its screen; ED 3 takes them away. */
  rowsAbove: number;
  /** Rows have left without being told, or (a negative number) have come back: saved cursors move with them. */
  onMoved(rows: number): void;
  /** Tells the first `count` rows of the normal buffer now, and not again when they leave: they are about to. */
  tellNow(count: number): void;
}

/**
 * Hooks the normal buffer's row list, because xterm.js drops rows silently. Saved cursor rows move with the
 * content, as in a terminal whose scrollback is never full. What is hooked goes with the terminal.
 */
export const tapHistory = (terminal: Terminal, listener: TrimListener, marks: CommandMarks): HistoryTap => {
  const core = coreOf(terminal);
  const { buffers } = core._bufferService;
  let told = 0;
  let rowsAbove = 0;
  // On a screen of one row the next one is not there yet when a row leaves.
  let wraps = false;
  const { scroll } = core._bufferService;
  core._bufferService.scroll = (attributes, isWrapped = false) => {
    wraps = isWrapped;
    scroll.call(core._bufferService, attributes, isWrapped);
  };
  const tell = (buffer: Rows, count: number): void => {
    const silent = Math.min(told, count);
    told -= silent;
    rowsAbove += count - silent;
    for (let index = silent; index < count; index++) {
      const row = buffer.lines.get(index);
      if (row !== undefined) {
        listener.onTrimmed(
          row,
          index + 1 < buffer.lines.length ? buffer.lines.get(index + 1)?.isWrapped === true : wraps,
          marks.at(index),
        );
      }
    }
  };
  let hooked: Lines | undefined;
  const hook = (): void => {
    if (hooked !== buffers.normal.lines) {
      hooked = buffers.normal.lines;
      hookLines(buffers.normal, tell);
    }
  };
  hook();
  // RIS makes new buffers and activates the normal one.
  buffers.onBufferActivate(hook);
  terminal.parser.registerEscHandler({ final: 'c' }, () => {
    listener.onCleared();
    rowsAbove = 0;
    return false;
  });
  // ED and, which xterm.js treats alike, DECSED.
  for (const [id, respectsProtection] of [
    [{ final: 'J' }, false],
    [{ prefix: '?', final: 'J' }, true],
  ] as const) {
    core._inputHandler._parser.registerCsiHandler(id, (params) => {
      if (params.params[0] !== 3 || buffers.active !== buffers.normal) {
        return false;
      }
      core._inputHandler.eraseInDisplay(params, respectsProtection);
      listener.onCleared();
      // xterm.js counts a saved cursor's row from the top of the scrollback, and leaves that number as it is.
      buffers.normal.savedY += rowsAbove;
      rowsAbove = 0;
      return true;
    });
  }
  return {
    get rowsAbove() {
      return rowsAbove;
    },
    set rowsAbove(count) {
      rowsAbove = count;
    },
    onMoved: (count) => {
      rowsAbove += count;
      buffers.normal.savedY -= count;
    },
    tellNow: (count) => {
      tell(buffers.normal, count);
      told = count;
    },
  };
};

const hookLines = (buffer: Rows, tell: (buffer: Rows, count: number) => void): void => {
  const { lines } = buffer;
  const { recycle, push, splice, trimStart } = lines;
  lines.recycle = () => {
    tell(buffer, 1);
    buffer.savedY--;
    const row = recycle.call(lines);
    if (lines.maxLength > 1) {
      return row;
    }
    // On a screen of one row this is the row that wraps, and print() still writes into it as the old one.
    const fresh = row.clone();
    lines.set(0, fresh);
    return fresh;
  };
  lines.push = (line) => {
    if (lines.isFull) {
      tell(buffer, 1);
    }
    push.call(lines, line);
  };
  lines.splice = (start, deleteCount, ...items) => {
    const surplus = lines.length - deleteCount + items.length - lines.maxLength;
    if (surplus > 0) {
      tell(buffer, surplus);
      buffer.savedY -= surplus;
    }
    splice.call(lines, start, deleteCount, ...items);
  };
  lines.trimStart = (count) => {
    tell(buffer, Math.min(count, lines.length));
    trimStart.call(lines, count);
  };
};

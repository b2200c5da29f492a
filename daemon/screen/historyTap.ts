import type { Terminal } from '@xterm/headless';
import { type Buffer, coreOf, type Line, type Lines } from './xtermInternals';

/** Told of rows that leave the top of a terminal's normal buffer, oldest first. */
export interface TrimListener {
  /** `next` is the row that followed: when it wrapped, the logical line goes on. The row is reused after. */
  onTrimmed(row: Line, next: Line | undefined): void;
  /** ED 3 or RIS: the scrollback was cleared on purpose. */
  onCleared(): void;
}

/**
 * Hooks the normal buffer's row list, because xterm.js drops rows silently. Saved cursor rows move with the
 * content, as in a terminal whose scrollback is never full. What is hooked goes with the terminal.
 */
export const tapHistory = (terminal: Terminal, listener: TrimListener): void => {
  const core = coreOf(terminal);
  const { buffers } = core._bufferService;
  let hooked: Lines | undefined;
  const hook = (): void => {
    if (hooked !== buffers.normal.lines) {
      hooked = buffers.normal.lines;
      hookLines(buffers.normal, listener);
    }
  };
  hook();
  // RIS makes new buffers and activates the normal one.
  buffers.onBufferActivate(hook);
  terminal.parser.registerEscHandler({ final: 'c' }, () => {
    tellTrimmed(buffers.normal, buffers.normal.ybase, listener);
    listener.onCleared();
    return false;
  });
  core._inputHandler._parser.registerCsiHandler({ final: 'J' }, (params) => {
    if (params.params[0] !== 3 || buffers.active !== buffers.normal) {
      return false;
    }
    core._inputHandler.eraseInDisplay(params, false);
    listener.onCleared();
    return true;
  });
};

const hookLines = (buffer: Buffer, listener: TrimListener): void => {
  const { lines } = buffer;
  const { recycle, push, splice, trimStart } = lines;
  lines.recycle = () => {
    tellTrimmed(buffer, 1, listener);
    buffer.savedY--;
    return recycle.call(lines);
  };
  lines.push = (line) => {
    if (lines.isFull) {
      tellTrimmed(buffer, 1, listener);
    }
    push.call(lines, line);
  };
  lines.splice = (start, deleteCount, ...items) => {
    const surplus = lines.length - deleteCount + items.length - lines.maxLength;
    if (surplus > 0) {
      tellTrimmed(buffer, surplus, listener);
      buffer.savedY -= surplus;
    }
    splice.call(lines, start, deleteCount, ...items);
  };
  lines.trimStart = (count) => {
    tellTrimmed(buffer, Math.min(count, lines.length), listener);
    trimStart.call(lines, count);
  };
};

const tellTrimmed = (buffer: Buffer, count: number, listener: TrimListener): void => {
  for (let index = 0; index < count; index++) {
    const row = buffer.lines.get(index);
    if (row !== undefined) {
      listener.onTrimmed(row, buffer.lines.get(index + 1));
    }
  }
};

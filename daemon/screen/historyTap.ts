import type { Terminal } from '@xterm/headless';
import { type Buffer, type Core, coreOf, type Line, type Lines } from './xtermInternals';

/** Told of rows that leave the top of a terminal's normal buffer, oldest first. */
export interface TrimListener {
  /** `next` is the row that followed: when it wrapped, the logical line goes on. The row is reused after. */
  onTrimmed(row: Line, next: Line | undefined): void;
  /** ED 3 or RIS: the scrollback was cleared on purpose. */
  onCleared(): void;
}

/**
 * Hooks the normal buffer's row list, because xterm.js drops rows silently. Saved cursor rows move with the
 * content, as in a terminal whose scrollback is never full.
 */
export class HistoryTap {
  private readonly _core: Core;
  private _hooked: Lines | undefined;

  public constructor(
    terminal: Terminal,
    private readonly _listener: TrimListener,
  ) {
    this._core = coreOf(terminal);
    this._hook();
    // RIS makes new buffers and activates the normal one.
    this._core._bufferService.buffers.onBufferActivate(() => this._hook());
    terminal.parser.registerEscHandler({ final: 'c' }, () => {
      const { normal } = this._core._bufferService.buffers;
      this._trimmed(normal, normal.ybase);
      this._listener.onCleared();
      return false;
    });
    this._core._inputHandler._parser.registerCsiHandler({ final: 'J' }, (params) => {
      const buffers = this._core._bufferService.buffers;
      if (params.params[0] === 3 && buffers.active === buffers.normal) {
        this._core._inputHandler.eraseInDisplay(params, false);
        this._listener.onCleared();
        return true;
      }
      return false;
    });
  }

  private _hook(): void {
    const buffer = this._core._bufferService.buffers.normal;
    const { lines } = buffer;
    if (this._hooked === lines) {
      return;
    }
    this._hooked = lines;
    const { recycle, push, splice, trimStart } = lines;
    lines.recycle = () => {
      this._trimmed(buffer, 1);
      buffer.savedY--;
      return recycle.call(lines);
    };
    lines.push = (line) => {
      if (lines.isFull) {
        this._trimmed(buffer, 1);
      }
      push.call(lines, line);
    };
    lines.splice = (start, deleteCount, ...items) => {
      const surplus = lines.length - deleteCount + items.length - lines.maxLength;
      if (surplus > 0) {
        this._trimmed(buffer, surplus);
        buffer.savedY -= surplus;
      }
      splice.call(lines, start, deleteCount, ...items);
    };
    lines.trimStart = (count) => {
      this._trimmed(buffer, Math.min(count, lines.length));
      trimStart.call(lines, count);
    };
  }

  private _trimmed(buffer: Buffer, count: number): void {
    for (let index = 0; index < count; index++) {
      const row = buffer.lines.get(index);
      if (row !== undefined) {
        this._listener.onTrimmed(row, buffer.lines.get(index + 1));
      }
    }
  }
}

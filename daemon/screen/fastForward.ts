import type { CommandMarks } from './commandMarks';
import type { HistoryTap, TrimListener } from './historyTap';
import { usedLength } from './rowWriter';
import { type Grid, SimpleLines } from './simpleLines';
import { type Core, ParserState } from './xtermInternals';

/** Less output than this is parsed faster than it is looked at twice. */
const MIN_BYTES = 1024;
/** One for all emulators of a thread: it holds nothing between two calls. */
let lines: SimpleLines | undefined;

/**
 * Passes over lines that will have left the screen at the end of what is there to parse, so that a flood does
 * not cost what its cells would: they go straight into the history, and only those behind them are parsed.
 * What an emulator shows, remembers and tells its history afterwards is the same as if it had parsed them all.
 */
export class FastForward {
  public constructor(
    private readonly _core: Core,
    private readonly _tap: HistoryTap,
    private readonly _listener: TrimListener,
    private readonly _marks: CommandMarks,
  ) {}

  /** @returns up to where `bytes[from, end)` is done: `from` when there is nothing to be gained */
  public pass(bytes: Buffer, from: number, end: number): number {
    if (end - from < MIN_BYTES || !this._isAtBlankBottom()) {
      return from;
    }
    const input = this._core._inputHandler;
    const { normal } = this._core._bufferService.buffers;
    const rows = normal.scrollBottom + 1;
    lines ??= new SimpleLines();
    lines.scan(bytes, from, end, lines.pens.of(input._curAttrData), this._grid());
    const { count } = lines;
    // The last lines fill the screen, so that nothing of what is on it now stays.
    let kept = count;
    while (kept > 0 && lines.rowsBefore(count) - lines.rowsBefore(kept) < rows) {
      kept--;
    }
    const pen = lines.penBefore(kept);
    if (lines.rowsBefore(kept) < rows || pen === undefined) {
      return from;
    }
    this._tap.tellNow(rows - 1);
    this._listener.onLines(lines.encoded(kept));
    this._tap.onMoved(lines.rowsBefore(kept));
    input._curAttrData.fg = pen.fg;
    input._curAttrData.bg = pen.bg;
    input._curAttrData.extended = pen.extended.clone();
    const to = lines.start(count);
    input.parse(bytes.subarray(lines.start(kept), to));
    return to;
  }

  /** Where each line feed scrolls the whole screen, and nothing lies before or under the cursor. */
  private _isAtBlankBottom(): boolean {
    const { _inputHandler: input, _bufferService, _charsetService, coreService, optionsService } = this._core;
    const { normal, active } = _bufferService.buffers;
    const { wraparound, origin } = coreService.decPrivateModes;
    const { y, x, scrollTop, scrollBottom, lines: screen } = normal;
    const row = screen.get(y);
    return (
      input._parser.currentState === ParserState.GROUND &&
      active === normal &&
      x === 0 &&
      y === screen.length - 1 &&
      y === scrollBottom &&
      scrollTop === 0 &&
      wraparound &&
      !origin &&
      !coreService.modes.insertMode &&
      !optionsService.rawOptions.convertEol &&
      _charsetService.charset === undefined &&
      input._curAttrData.extended._urlId === 0 &&
      row !== undefined &&
      !row.isWrapped &&
      this._marks.at(y).length === 0 &&
      usedLength(row) === 0
    );
  }

  private _grid(): Grid {
    const { normal } = this._core._bufferService.buffers;
    return {
      cols: normal.lines.get(0)?.length ?? 0,
      tabs: normal.tabs,
      wcwidth: (codePoint) => this._core.unicodeService.wcwidth(codePoint),
    };
  }
}

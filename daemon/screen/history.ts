import { type CommandMark, NO_MARKS } from './commandMarks';
import { drawLines, drawTail, rowsOf } from './historyDrawing';
import { encodeLine, encodePlainRow, Mark } from './historyLine';
import type { HistoryLines } from './historyLines';
import { rowsOfLines, type TakenRows } from './historyRows';
import type { TrimListener } from './historyTap';
import type { LinkLookup } from './rowWriter';
import type { Line, LinkData } from './xtermInternals';

/** Rows of a logical line that has left the screen in part; a longer one is written in pieces. */
export const MAX_PENDING_ROWS = 1000;

/** How long lines may be on average: tried one after the other. */
const LINE_BYTES = [96, 512];

const CLEARED = Mark.CLEARED.charCodeAt(0);
const GAP = Mark.GAP.charCodeAt(0);

/** Rows that leave the screen, on their way into the file as whole logical lines, and back out of it. */
export class History implements TrimListener {
  /** Rows of the logical line whose rest is still on the screen. */
  private _pending: Line[] = [];
  /** Hyperlinks of those, which xterm.js forgets once none of their rows is left. */
  private _pendingLinks = new Map<number, LinkData>();
  private _pendingMarks = new Map<Line, readonly CommandMark[]>();
  /** The width at which the last line in the file ends with a full row that goes on; undefined when it does not. */
  public openCols: number | undefined;

  public constructor(
    private _file: HistoryLines,
    private readonly _linkData: LinkLookup,
  ) {}

  /** From now on rows go to other lines, which end with what has left the screen so far. */
  public goOnIn(file: HistoryLines): void {
    this._file = file;
  }

  public get pending(): readonly Line[] {
    return this._pending;
  }

  public onTrimmed(row: Line, isContinued: boolean, marks: readonly CommandMark[]): void {
    if (!row.isWrapped && this._pending.length > 0) {
      // Something like DECIC broke the line in two after its beginning had left the screen.
      this._writePending('');
    }
    if (!isContinued && this._pending.length === 0) {
      this.openCols = undefined;
      const line = marks.length === 0 ? encodePlainRow(row) : undefined;
      if (line === undefined) {
        const rowMarks = marks.length === 0 ? NO_MARKS : new Map([[row, marks]]);
        this._file.append(encodeLine([row], this._linkData, rowMarks));
      } else {
        this._file.appendLines(line);
      }
      return;
    }
    const kept = row.clone();
    this._pending.push(kept);
    if (marks.length > 0) {
      this._pendingMarks.set(kept, marks);
    }
    this._keepLinks(row);
    if (!isContinued) {
      this._writePending('');
    } else if (this._pending.length >= MAX_PENDING_ROWS) {
      this._writePending(Mark.CONTINUES);
      this.openCols = row.length;
    }
  }

  public onLines(lines: Buffer): void {
    this.openCols = undefined;
    this._file.appendLines(lines);
  }

  public onCleared(): void {
    if (this._pending.length > 0) {
      this._writePending('');
    }
    this.openCols = undefined;
    this._file.append(Mark.CLEARED);
  }

  public onGap(): void {
    this.openCols = undefined;
    this._file.append(Mark.GAP);
  }

  /** The newest lines since the scrollback was last cleared, enough for `rows` rows of `cols`, oldest first. */
  public newest(rows: number, cols: number): Buffer[] {
    const lines: Buffer[] = [];
    let found = 0;
    if (rows > 0) {
      this._file.readBackwards((line) => {
        if (line.length === 1 && line[0] === CLEARED) {
          return false;
        }
        if (line.length !== 1 || line[0] !== GAP) {
          lines.push(line);
          found += rowsOf(line, cols);
        }
        return found < rows;
      });
    }
    return lines.reverse();
  }

  /** What draws the newest lines at `cols`, enough for `rows` rows, ending at the start of a row. */
  public newestDrawn(rows: number, cols: number): Buffer {
    if (rows <= 0) {
      return Buffer.alloc(0);
    }
    for (const lineBytes of LINE_BYTES) {
      const { lines, isAll } = this._file.tail(rows * lineBytes);
      const drawn = drawTail(lines, rows, cols, isAll);
      if (drawn !== undefined) {
        return drawn;
      }
    }
    return drawLines(this.newest(rows, cols), cols);
  }

  /** Pending rows, as they stand. */
  public get pendingRows(): TakenRows {
    const links = new Map(this._pendingLinks);
    return { rows: this._pending, marks: this._pendingMarks, linkData: (id) => links.get(id) };
  }

  /** The newest lines, enough for `rows` rows, as rows of `cols`, and the position the history has without them. */
  public peek(rows: number, cols: number): TakenRows & { readonly position: number } {
    const lines: Buffer[] = [];
    let found = 0;
    let position = this._file.length;
    if (rows > 0) {
      this._file.readBackwards((line) => {
        if (line.length === 1 && (line[0] === CLEARED || line[0] === GAP)) {
          return false;
        }
        lines.push(line);
        position -= line.length + 1;
        found += rowsOf(line, cols);
        return found < rows;
      });
    }
    return { ...rowsOfLines(lines.reverse(), cols), position };
  }

  /** Forgets pending rows and what stands behind `position`: they are on the screen again. */
  public takeBack(position: number): void {
    this._forgetPending();
    this.openCols = undefined;
    this._file.truncate(position);
  }

  private _writePending(end: string): void {
    this.openCols = undefined;
    const linkData: LinkLookup = (id) => this._pendingLinks.get(id) ?? this._linkData(id);
    this._file.append(encodeLine(this._pending, linkData, this._pendingMarks) + end);
    this._forgetPending();
  }

  private _forgetPending(): void {
    this._pending = [];
    this._pendingLinks.clear();
    this._pendingMarks = new Map();
  }

  private _keepLinks(row: Line): void {
    for (const attributes of Object.values(row._extendedAttrs)) {
      const data = attributes === undefined ? undefined : this._linkData(attributes._urlId);
      if (attributes !== undefined && data !== undefined) {
        this._pendingLinks.set(attributes._urlId, data);
      }
    }
  }
}

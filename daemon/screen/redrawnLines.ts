import { GatheredLines } from './gatheredLines';
import type { HistoryFile } from './historyFile';
import { Mark } from './historyLine';
import { type HistoryLines, NO_LINES } from './historyLines';

/** So much of the history's newest lines is looked for, and less where what stands before them can't be read. */
const KNOWN_BYTES = [4096, 1024, 256, 64];
const LINE_FEED = 0x0a;
const GAP_LINE = Buffer.from(`${Mark.GAP}\n`);

/**
 * Lines of a screen that is drawn again from a journal that lacks some of its output, beside a history that was kept: which of
 * them that lacks is known in the end. Nothing is read back from them.
 */
export class RedrawnLines implements HistoryLines {
  public readonly length = 0;
  public readonly truncate = NO_LINES.truncate;
  public readonly readBackwards = NO_LINES.readBackwards;
  public readonly tail = NO_LINES.tail;
  public readonly from = NO_LINES.from;
  private readonly _lines = new GatheredLines();

  public append(line: string): void {
    this._lines.append(line);
  }

  public appendLines(lines: Uint8Array): void {
    this._lines.appendLines(lines);
  }

  /** Appends what the history lacks: what follows its newest lines, or, where these can't be read, what follows a gap. */
  public appendTo(file: HistoryFile): void {
    const { bytes } = this._lines;
    const newer = KNOWN_BYTES.map((most) => following(file.tail(most).lines, bytes)).find(
      (lines) => lines !== undefined,
    );
    if (newer === undefined) {
      file.append(Mark.GAP);
    }
    file.appendLines(newer ?? behindLast(GAP_LINE, bytes));
    this._lines.release();
  }
}

/** What follows the newest of some lines in others; undefined where they are not among them. */
const following = (lines: Buffer, others: Buffer): Buffer | undefined => {
  const known = behindLast(GAP_LINE, lines);
  const at = known.length === 0 ? -1 : others.lastIndexOf(known);
  return at === 0 || (at > 0 && others[at - 1] === LINE_FEED)
    ? others.subarray(at + known.length)
    : undefined;
};

const behindLast = (line: Buffer, lines: Buffer): Buffer => {
  const at = lines.lastIndexOf(line);
  return at < 0 ? lines : lines.subarray(at + line.length);
};

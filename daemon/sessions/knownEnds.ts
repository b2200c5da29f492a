import type { TerminalId } from '../protocol/ids';
import type { TerminalRow } from '../store/rows';

/** How a program ended, as its row says it. */
export interface End extends Pick<TerminalRow, 'exitCode' | 'signal' | 'exitedAt'> {
  readonly state: 'exited' | 'lost';
}

/** Ends of programs that a full disk has not taken yet. They are seen all the same: nothing takes them back. */
export class KnownEnds {
  private readonly _ends = new Map<TerminalId, { readonly pid: number | null; readonly end: End }>();

  public note({ id, pid }: TerminalRow, end: End): void {
    this._ends.set(id, { pid, end });
  }

  public forget(id: TerminalId): void {
    this._ends.delete(id);
  }

  /** What is to be seen of a row as it is on the disk. */
  public over(row: TerminalRow): TerminalRow {
    const known = this._ends.get(row.id);
    if (known === undefined) {
      return row;
    }
    if (row.state !== 'running' || row.pid !== known.pid) {
      // The disk has it, or another program runs.
      this._ends.delete(row.id);
      return row;
    }
    return { ...row, ...known.end };
  }
}

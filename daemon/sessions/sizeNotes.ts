import type { TerminalId } from '../protocol/ids';
import type { Size } from '../protocol/model';
import type { Catalog } from './catalog';

/**
 * Notes the sizes of terminals in the store, and only those that are new: most viewers come back in the size
 * they left with, and a change waits for the disk.
 */
export class SizeNotes {
  /** Changes that are on their way to the disk: until then the catalog has the size before. */
  private readonly _underWay = new Map<TerminalId, number>();

  public constructor(private readonly _catalog: Catalog) {}

  /** Resolves when it is on the disk. */
  public async note(terminal: TerminalId, { cols, rows }: Size): Promise<void> {
    const known = this._catalog.terminal(terminal);
    const underWay = this._underWay.get(terminal) ?? 0;
    if (underWay === 0 && known?.cols === cols && known.rows === rows) {
      return;
    }
    this._underWay.set(terminal, underWay + 1);
    try {
      await this._catalog.changeTerminal(terminal, (current) => ({ ...current, cols, rows }));
    } finally {
      const left = (this._underWay.get(terminal) ?? 1) - 1;
      if (left > 0) {
        this._underWay.set(terminal, left);
      } else {
        this._underWay.delete(terminal);
      }
    }
  }
}

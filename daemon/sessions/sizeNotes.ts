import type { TerminalId } from '../protocol/ids';
import { isSameSize, type Size } from '../protocol/model';
import type { StoreWriter } from '../store/store';
import type { Catalog } from './catalog';

/**
 * Takes in the size that a terminal has in its PTY host. It is seen at once; only a new one is written, together with
 * what `also` adds, for most viewers come back in the size they left with.
 * @returns when both are on the disk @throws STORE_ERROR
 */
export const noteSize = async (
  catalog: Catalog,
  terminal: TerminalId,
  { cols, rows }: Size,
  also?: (writer: StoreWriter) => void,
): Promise<void> => {
  const row = catalog.terminal(terminal);
  if (row === undefined) {
    return;
  }
  const size = { cols, rows };
  // One that is on its way to the disk is not there before this.
  if (catalog.live(terminal).size === null && isSameSize(row, size)) {
    if (also !== undefined) {
      await catalog.change((writer) => writer.terminal(terminal) !== undefined && also(writer));
    }
    return;
  }
  catalog.setLive(terminal, { size });
  await catalog.changeTerminal(terminal, (current) => ({ ...current, ...size }), also);
  if (catalog.live(terminal).size === size) {
    catalog.setLive(terminal, { size: null });
  }
};

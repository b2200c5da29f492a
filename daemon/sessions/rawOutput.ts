import type { Offset } from '../protocol/ids';
import { offset } from '../protocol/ids';
import type { SnapshotResult } from '../screen/screens';
import type { TerminalRow } from '../store/rows';
import { coveredOffset, readJournalEnd, readJournalOutput } from './journals';

/** Some screens: less than what a viewer that catches up takes for nearly there. */
const TAIL_BYTES = 32 * 1024;
/** SGR 2 and SGR 0. */
const NOTICE = '\x1b[2m--- the screen can’t be drawn anew; this is what was printed last ---\x1b[m\r\n';

/**
 * For whoever wants to see a terminal whose screen nobody draws any more: what it printed last, as it is. Of one that
 * runs, with its output up to `head`, the output itself follows on the stream.
 */
export const rawOutput = (row: TerminalRow, dataDir: string, head: Offset | undefined): SnapshotResult => {
  const size = { cols: row.cols, rows: row.rows };
  const continuation = Buffer.alloc(0);
  if (head !== undefined) {
    const from = offset(Math.max(row.base, head - TAIL_BYTES));
    return { snapshot: Buffer.from(NOTICE), continuation, offset: from, size };
  }
  const end = readJournalEnd(dataDir, row.id);
  const to = end?.head ?? coveredOffset(dataDir, row.id);
  const from = offset(Math.max(end?.tail ?? 0, to - TAIL_BYTES));
  const snapshot = Buffer.concat([Buffer.from(NOTICE), readJournalOutput(dataDir, row.id, from, to).data]);
  return { snapshot, continuation, offset: to, size };
};

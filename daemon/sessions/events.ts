import type { HoldfastEvent } from '../protocol/events';
import type { TerminalRow } from '../store/rows';

/** @param name the session's */
export const startedEvent = (row: TerminalRow, name: string | undefined): HoldfastEvent => ({
  time: Date.now(),
  event: 'terminal-started',
  session: row.session,
  terminal: row.id,
  ...(name === undefined ? {} : { name }),
});

import type { HistoryFile } from './historyFile';

/** Where a history's lines go and come from. */
export type HistoryLines = Pick<
  HistoryFile,
  'length' | 'append' | 'appendLines' | 'truncate' | 'readBackwards' | 'tail' | 'from'
>;

/** Keeps nothing: for an emulator whose lines are known already. */
export const NO_LINES: HistoryLines = {
  length: 0,
  append: () => undefined,
  appendLines: () => undefined,
  truncate: () => undefined,
  readBackwards: () => undefined,
  tail: () => ({ lines: Buffer.alloc(0), isAll: true }),
  from: () => Buffer.alloc(0),
};

import type { TerminalId } from '../protocol/ids';

/** Room for an id of 12 characters, and for one of more should ids ever grow. */
const NOTE_BYTES = 64;

/** Memory that a worker thread and the thread that has started it see both. */
export const newWorkNote = (): SharedArrayBuffer => new SharedArrayBuffer(NOTE_BYTES);

/** Which terminal a worker is at work for: what a thread was told last, when it dies, it tells nobody any more. */
let note: Uint8Array | undefined;
let noted: TerminalId | undefined;

/** In the worker: from now on it is written down there. */
export const noteWorkIn = (memory: SharedArrayBuffer): void => {
  note = new Uint8Array(memory);
};

/** In the worker, in front of whatever is done for a terminal. */
export const workFor = (terminal: TerminalId): void => {
  if (note !== undefined && noted !== terminal) {
    noted = terminal;
    note.fill(0);
    note.set(Buffer.from(terminal, 'latin1').subarray(0, NOTE_BYTES));
  }
};

/** What a worker was at when it died; undefined when it had not begun. */
export const workedFor = (memory: SharedArrayBuffer): TerminalId | undefined => {
  const bytes = Buffer.from(memory);
  const end = bytes.indexOf(0);
  return end === 0 ? undefined : (bytes.toString('latin1', 0, end < 0 ? undefined : end) as TerminalId);
};

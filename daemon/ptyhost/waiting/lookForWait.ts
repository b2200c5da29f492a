import type { Waiting } from '../../protocol/model';
import type { LineModes } from './lineModes';
import { findReader, type TerminalReader } from './linuxReader';

/** What the program in front waits for; null: for nothing that is typed; undefined: that can't be known. */
export type Verdict = Waiting | null | undefined;
/** `no-answer`: the system could be asked, and has not told in time. */
export type Look = Verdict | 'no-answer';

export interface Looked {
  /** The terminal's first program. */
  readonly pid: number;
  readonly ptsName: string | null;
}

/**
 * Linux only. macOS hides what other processes sleep in, and a pseudo console of Windows has no modes to be read from outside:
 * there it is not known.
 */
export const CAN_BE_KNOWN = process.platform === 'linux';

/**
 * Whether a program waits for somebody to type, by the terminal's own line discipline and not by what it has printed: it sleeps in
 * a read of its terminal that returns with a whole line, which is a question; with the echo off, one for a secret. Programs
 * that take single keys (editors, shells at their prompts) have these modes off, and wait for nothing in particular.
 */
export const lookForWait = async ({ pid, ptsName }: Looked, modes: LineModes): Promise<Look> => {
  if (!CAN_BE_KNOWN || ptsName === null) {
    return undefined;
  }
  const reader = findReader(pid, ptsName);
  if (reader.kind === 'nobody' || reader.kind === 'unknown') {
    return reader.kind === 'nobody' ? null : undefined;
  }
  const now = await modes.of(ptsName);
  if (now === undefined) {
    return 'no-answer';
  }
  // While the system was asked for the modes, the program may have gone on.
  if (!now.canonical || !isSame(reader, findReader(pid, ptsName))) {
    return null;
  }
  if (!now.echo) {
    return 'password';
  }
  if (reader.kind !== 'reads') {
    return undefined;
  }
  return reader.isPrompt ? null : 'input';
};

const isSame = (a: TerminalReader, b: TerminalReader): boolean =>
  a.kind === b.kind && (a.kind !== 'reads' || b.kind !== 'reads' || a.thread === b.thread);

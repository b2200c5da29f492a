import type { Size } from '../../../daemon/protocol/model';

/** Keys to type, a text to wait for, or a new size. After each, the program is given time to become quiet. */
export type Step = string | { readonly until: string } | Size;

export interface Scenario {
  readonly name: string;
  /** Its Debian package. */
  readonly debian: string;
  /** A line of bash, run in the home folder of `room.sh`. */
  readonly script: string;
  /** A command whose first line tells the version. */
  readonly version: string;
  readonly steps: readonly Step[];
  readonly size?: Size;
  /** Recorded bytes beyond this are left out, to end in the middle of a sequence. */
  readonly cutTo?: number;
}

export const ESC = '\x1b';
export const CTRL = (letter: string): string => String.fromCharCode(letter.charCodeAt(0) & 0x1f);
export const UP = `${ESC}[A`;
export const DOWN = `${ESC}[B`;
export const LEFT = `${ESC}[D`;
export const PAGE_DOWN = `${ESC}[6~`;
export const PAGE_UP = `${ESC}[5~`;
export const times = (count: number, key: string): string[] => Array.from({ length: count }, () => key);
/** A click of the left button in SGR encoding; columns and rows count from 1. */
export const click = (col: number, row: number): string => `${ESC}[<0;${col};${row}M${ESC}[<0;${col};${row}m`;
export const bash = 'exec bash --noprofile --rcfile /tmp/prompt -i';
export const python = (program: string): string => `exec /usr/bin/python3 -c '${program}'`;

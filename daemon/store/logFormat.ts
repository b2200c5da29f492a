import { createHash } from 'node:crypto';
import type { Statement } from './sqlite';

/**
 * The log: lines of `DIGEST JSON\n` in UTF-8. DIGEST is the first 16 hex digits of the SHA-256 of
 * `GENERATION:SEQUENCE:JSON`, so that a torn, changed, repeated or misplaced line is seen. Line 0 is the
 * header, each later one a change: the SQL statements it consists of. Logging SQL makes replay independent
 * of the build that reads it; migrations are changes like any other.
 */
export const LOG_FORMAT = 1;

/**
 * A byte that became a line feed makes one line more; a block of 4 KiB that was lost makes as many fewer as it held, and
 * hardly a change is shorter than 110 bytes.
 */
const SHIFTS: readonly number[] = [0, -1, ...Array.from({ length: 40 }, (_, index) => index + 1)];

export interface LogHeader {
  readonly format: number;
  /** The database file this log goes on from; null for the empty database. */
  readonly base: { readonly sha256: string; readonly bytes: number } | null;
}

export type LoggedChange = readonly Statement[];

export interface ParsedLog {
  readonly generation: number;
  /** Undefined when it can't be read; the changes have checksums of their own. */
  readonly header: LogHeader | undefined;
  readonly changes: readonly LoggedChange[];
  /** Intact changes behind the first line that can't be read, in their order. */
  readonly behind: readonly LoggedChange[];
  /** Where the last intact line ends: `ends[n]` is the length of the log with n changes. */
  readonly ends: readonly number[];
  readonly bytes: number;
  /** A line that is complete can't be read: not a write that was cut short. */
  readonly damaged: boolean;
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export const encodeLine = (generation: number, sequence: number, value: LogHeader | LoggedChange): string => {
  const json = JSON.stringify(value);
  return `${digest(generation, sequence, json)} ${json}\n`;
};

export const parseLog = (bytes: Buffer, generation: number): ParsedLog => {
  const lines = linesOf(bytes);
  const headerLine = lines[0];
  const header = headerLine && (decodeLine(headerLine.text, generation, 0) as LogHeader | undefined);
  const changes: LoggedChange[] = [];
  const ends: number[] = [headerLine?.end ?? 0];
  let next = 1;
  for (; next < lines.length; next += 1) {
    const line = lines[next];
    const change = line && (decodeLine(line.text, generation, next) as LoggedChange | undefined);
    if (line === undefined || change === undefined) {
      break;
    }
    changes.push(change);
    ends.push(line.end);
  }
  const damaged = next < lines.length || (header === undefined && changes.length > 0);
  const behind = intactBehind(lines, generation, next);
  return { generation, header, changes, behind, ends, bytes: bytes.length, damaged };
};

/** What can be read behind the line `from`, which can't. */
const intactBehind = (
  lines: readonly { readonly text: string }[],
  generation: number,
  from: number,
): readonly LoggedChange[] => {
  const changes: LoggedChange[] = [];
  let newest = from - 1;
  // What a line's number is more than its place.
  let shift = 0;
  for (let place = from; place < lines.length; place += 1) {
    for (const more of SHIFTS) {
      const sequence = place + shift + more;
      const change = sequence > newest && decodeLine(lines[place]?.text ?? '', generation, sequence);
      if (change) {
        changes.push(change as LoggedChange);
        newest = sequence;
        shift += more;
        break;
      }
    }
  }
  return changes;
};

const digest = (generation: number, sequence: number, json: string): string =>
  createHash('sha256').update(`${generation}:${sequence}:${json}`).digest('hex').slice(0, 16);

const decodeLine = (line: string, generation: number, sequence: number): unknown => {
  const json = line.slice(17);
  return line[16] === ' ' && digest(generation, sequence, json) === line.slice(0, 16)
    ? JSON.parse(json)
    : undefined;
};

/** Lines that are complete, with the position behind their line feed. */
const linesOf = (bytes: Buffer): readonly { readonly text: string; readonly end: number }[] => {
  const lines: { text: string; end: number }[] = [];
  for (let start = 0; ; ) {
    const feed = bytes.indexOf(0x0a, start);
    if (feed < 0) {
      return lines;
    }
    lines.push({ text: bytes.toString('utf8', start, feed), end: feed + 1 });
    start = feed + 1;
  }
};

import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { forgetSetAside, setAside } from '../platform/brokenFile';
import { crc32 } from '../platform/crc32';
import type { TerminalId } from '../protocol/ids';

const READ_BYTES = 256 * 1024;
const LINE_FEED = 0x0a;

/** One of the files a history is kept in; lines never cross them. */
export interface Segment {
  /** Position of its first byte in the whole history. */
  readonly start: number;
  readonly path: string;
}

/** Those of a terminal, oldest first. */
export const segmentsOf = (folder: string, terminal: TerminalId): Segment[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => ({ name, match: SEGMENT_NAME.exec(name) }))
    .filter(({ match }) => match?.[1] === terminal)
    .map(({ name, match }) => ({ start: Number(match?.[2]), path: join(folder, name) }))
    .sort((a, b) => a.start - b.start);

export const segmentAt = (folder: string, terminal: TerminalId, start: number): Segment => ({
  start,
  path: join(folder, `${terminal}.${start}.txt`),
});

/** Sets aside what is no file and stands in the place of one of a terminal's, links too. */
export const makeWayForSegments = (folder: string, terminal: TerminalId): void => {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (SEGMENT_NAME.exec(entry.name)?.[1] === terminal && !entry.isFile()) {
      setAside(join(folder, entry.name), 'move');
    }
  }
};

/** Deletes a terminal's history, and what was set aside of it. */
export const forgetHistory = (folder: string, terminal: TerminalId): void => {
  makeWayForSegments(folder, terminal);
  for (const { path } of segmentsOf(folder, terminal)) {
    rmSync(path, { force: true });
  }
  forgetSetAside(folder, (name) => SEGMENT_NAME.exec(name)?.[1] === terminal);
};

const SEGMENT_NAME = /^(.+)\.(\d+)\.txt$/;

/** The position behind a segment's last byte. @throws Error when it is not there */
export const endOf = ({ start, path }: Segment): number => start + statSync(path).size;

/** Takes back what a segment has behind the next one's beginning: it was taken back before, and a power cut undid that. */
export const cutOverlaps = (segments: readonly Segment[]): void => {
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1];
    if (next !== undefined && endOf(segment) > next.start) {
      truncateSync(segment.path, next.start - segment.start);
    }
  }
};

/** Brings a segment to the disk, if it is there. */
export const syncSegment = ({ path }: Segment): void => {
  let fd: number;
  try {
    fd = openSync(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      // Somebody deleted it: there is nothing to bring.
      return;
    }
    throw error;
  }
  try {
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
};

/**
 * Reads lines from the newest to older ones until `take` returns false or there are no more.
 * @param take is given each line without its line feed
 */
export const readLinesBackwards = (segments: readonly Segment[], take: (line: Buffer) => boolean): void => {
  let rest: Buffer = Buffer.alloc(0);
  for (const segment of [...segments].reverse()) {
    const fd = openSync(segment.path, 'r');
    try {
      let end = fstatSync(fd).size;
      while (end > 0) {
        const begin = Math.max(0, end - READ_BYTES);
        const block = Buffer.alloc(end - begin);
        readSync(fd, block, 0, block.length, begin);
        end = begin;
        const bytes = rest.length === 0 ? block : Buffer.concat([block, rest]);
        // The first line of a block may begin in the one before; lines never cross segments.
        const complete = begin === 0 ? 0 : bytes.indexOf(LINE_FEED) + 1;
        for (let lineEnd = bytes.length - 1; lineEnd >= complete && bytes.length > 0; ) {
          const lineStart = lineEnd === 0 ? 0 : bytes.lastIndexOf(LINE_FEED, lineEnd - 1) + 1;
          if (!take(bytes.subarray(lineStart, lineEnd))) {
            return;
          }
          lineEnd = lineStart - 1;
        }
        rest = bytes.subarray(0, complete);
      }
    } finally {
      closeSync(fd);
    }
  }
};

/** The newest lines that fit `bytes`, whole, of the newest segment, or of all when they are together no longer. */
export const tailOf = (
  segments: readonly Segment[],
  bytes: number,
): { readonly lines: Buffer; readonly isAll: boolean } => {
  const last = segments.at(-1);
  if (last === undefined) {
    return { lines: Buffer.alloc(0), isAll: true };
  }
  const fd = openSync(last.path, 'r');
  try {
    const { size } = fstatSync(fd);
    const begin = Math.max(0, size - bytes);
    const block = Buffer.allocUnsafe(size - begin);
    readSync(fd, block, 0, block.length, begin);
    const lines = begin === 0 ? block : block.subarray(block.indexOf(LINE_FEED) + 1);
    return { lines, isAll: begin === 0 && segments.length === 1 };
  } finally {
    closeSync(fd);
  }
};

/** The first `count` lines from `position` on, each with its line feed. */
export const linesFrom = (segments: readonly Segment[], position: number, count: number): Buffer => {
  const blocks: Buffer[] = [];
  let left = count;
  for (const [index, segment] of segments.entries()) {
    const end = segments[index + 1]?.start ?? Number.POSITIVE_INFINITY;
    if (left > 0 && position < end) {
      const lines = linesWithin(segment, Math.max(position, segment.start), left);
      left -= countOf(lines);
      blocks.push(lines);
    }
  }
  return Buffer.concat(blocks);
};

const linesWithin = ({ start, path }: Segment, from: number, count: number): Buffer => {
  const fd = openSync(path, 'r');
  try {
    const blocks: Buffer[] = [];
    let left = count;
    for (let at = from - start; ; ) {
      const block = Buffer.allocUnsafe(READ_BYTES);
      const bytes = block.subarray(0, readSync(fd, block, 0, block.length, at));
      const end = endOfLine(bytes, left);
      blocks.push(bytes.subarray(0, end));
      left -= countOf(bytes.subarray(0, end));
      if (left === 0 || bytes.length === 0) {
        return Buffer.concat(blocks);
      }
      at += bytes.length;
    }
  } finally {
    closeSync(fd);
  }
};

/** Behind the line feed of the `count`th line, or all where there are not so many. */
const endOfLine = (bytes: Buffer, count: number): number => {
  let end = 0;
  for (let line = 0; line < count; line++) {
    const found = bytes.indexOf(LINE_FEED, end);
    if (found === -1) {
      return bytes.length;
    }
    end = found + 1;
  }
  return end;
};

const countOf = (lines: Buffer): number => {
  let count = 0;
  for (let at = lines.indexOf(LINE_FEED); at !== -1; at = lines.indexOf(LINE_FEED, at + 1)) {
    count++;
  }
  return count;
};

/** The CRC-32 of what stands in `[from, to)`; undefined where not all of it is there. */
export const sumOf = (segments: readonly Segment[], from: number, to: number): number | undefined => {
  let at = from;
  let sum = 0;
  for (const [index, segment] of segments.entries()) {
    const end = Math.min(to, segments[index + 1]?.start ?? to);
    if (segment.start <= at && at < end) {
      sum = sumWithin(segment, at, end, sum);
      at = Math.min(end, endOf(segment));
      if (at < end) {
        return undefined;
      }
    }
  }
  return at === to ? sum : undefined;
};

/** Continued from `previous`; of as much as there is. */
const sumWithin = ({ start, path }: Segment, from: number, to: number, previous: number): number => {
  const fd = openSync(path, 'r');
  try {
    const block = Buffer.allocUnsafe(Math.min(READ_BYTES, to - from));
    let sum = previous;
    for (let at = from; at < to; ) {
      const read = readSync(fd, block, 0, Math.min(block.length, to - at), at - start);
      if (read === 0) {
        break;
      }
      sum = crc32(block.subarray(0, read), sum);
      at += read;
    }
    return sum;
  } finally {
    closeSync(fd);
  }
};

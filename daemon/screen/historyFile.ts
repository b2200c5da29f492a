import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { BackgroundSync } from '../platform/backgroundSync';
import type { TerminalId } from '../protocol/ids';

/** A terminal's history is kept in files of this size … */
export const SEGMENT_BYTES = 16 * 1024 * 1024;
/** … of which the newest this many stay: some 600,000 lines of 100 characters. */
export const MAX_SEGMENTS = 4;
/** Lines are gathered up to this many bytes before they are written. */
const GATHER_BYTES = 64 * 1024;
/** What waits in memory while the disk takes nothing. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
const FIRST_GATHER_BYTES = 4096;
/** How often lines of a flood are brought to the disk: a power cut takes no more than 5 s of them. */
const BACKGROUND_MS = 4000;
/** A UTF-16 unit takes three bytes at most. */
const MAX_UTF8 = 3;
const READ_BYTES = 256 * 1024;
const LINE_FEED = 0x0a;

interface Segment {
  /** Position of its first byte in the whole history. */
  readonly start: number;
  readonly path: string;
}

/** Where a history's lines go and come from. */
export type HistoryLines = Pick<
  HistoryFile,
  'length' | 'append' | 'appendLines' | 'truncate' | 'readBackwards' | 'tail'
>;

/** Keeps nothing: for an emulator whose lines are known already. */
export const NO_LINES: HistoryLines = {
  length: 0,
  append: () => undefined,
  appendLines: () => undefined,
  truncate: () => undefined,
  readBackwards: () => undefined,
  tail: () => ({ lines: Buffer.alloc(0), isAll: true }),
};

/**
 * The append-only text of a terminal's rows that left its screen, in segments of which the oldest are
 * dropped. Positions count bytes since the terminal's beginning, so that a keyframe can say how much of it
 * it has seen, and what was appended after the keyframe can be taken back before it is parsed again.
 */
export class HistoryFile {
  private _segments: Segment[];
  private _fd: number | undefined;
  /** Lines not written yet, in its first `_gatheredBytes` bytes. */
  private _gathered = Buffer.alloc(0);
  private _gatheredBytes = 0;
  private _flushAt = GATHER_BYTES;
  private _written: number;
  private _isDirty = false;
  private readonly _background = new BackgroundSync(BACKGROUND_MS);

  public constructor(
    private readonly _folder: string,
    private readonly _terminal: TerminalId,
  ) {
    this._segments = segmentsOf(_folder, _terminal);
    this._written = this._endOfLast();
  }

  /** The position behind the last line, written or gathered. */
  public get length(): number {
    return this._written + this._gatheredBytes;
  }

  /** Appends one line; the line feed is added. */
  public append(line: string): void {
    const most = line.length * MAX_UTF8 + 1;
    this._reserve(most);
    const end = this._gatheredBytes + this._gathered.write(line, this._gatheredBytes);
    this._gathered[end] = LINE_FEED;
    this._gatheredBytes = end + 1;
    this._flushWhenFull();
  }

  /** Appends lines that end with their line feeds. */
  public appendLines(lines: Uint8Array): void {
    this._reserve(lines.length);
    this._gathered.set(lines, this._gatheredBytes);
    this._gatheredBytes += lines.length;
    this._flushWhenFull();
  }

  /** Takes back what stands behind `position`. A shorter history stays as it is. */
  public truncate(position: number): void {
    this.flush();
    if (position >= this._written) {
      return;
    }
    this._close();
    while (this._segments.length > 0) {
      const last = this._segments[this._segments.length - 1];
      if (last === undefined || last.start < position || (last.start === 0 && position === 0)) {
        break;
      }
      rmSync(last.path, { force: true });
      this._segments.pop();
    }
    const last = this._segments.at(-1);
    if (last !== undefined) {
      const fd = this._open(last);
      ftruncateSync(fd, position - last.start);
    }
    this._written = position;
  }

  /** Hands gathered lines to the operating system. */
  public flush(): void {
    if (this._gatheredBytes === 0) {
      return;
    }
    const bytes = this._gathered.subarray(0, this._gatheredBytes);
    const fd = this._fdForAppend();
    this._isDirty = true;
    try {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(fd, bytes, done);
      }
    } catch (error) {
      // Half a write is taken back, so that positions stay true.
      ftruncateSync(fd, this._written - (this._segments.at(-1)?.start ?? 0));
      throw error;
    }
    this._gatheredBytes = 0;
    this._written += bytes.length;
  }

  /** Hands gathered lines over, and has them brought to the disk without waiting for it. */
  public flushCalmly(): void {
    this.flush();
    if (this._fd !== undefined) {
      this._background.begin(this._fd);
    }
  }

  /** Makes everything appended so far survive a power cut; an idle history keeps no file open and no memory. */
  public sync(): void {
    this.flush();
    this._gathered = Buffer.alloc(0);
    if (this._isDirty && this._fd !== undefined) {
      fdatasyncSync(this._fd);
      this._isDirty = false;
    }
    this._close();
  }

  /**
   * Reads lines from the newest to older ones until `take` returns false or there are no more.
   * @param take is given each line without its line feed
   */
  public readBackwards(take: (line: Buffer) => boolean): void {
    this.flush();
    let rest: Buffer = Buffer.alloc(0);
    for (const segment of [...this._segments].reverse()) {
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
  }

  /** The newest lines that fit `bytes`, whole, of the newest segment, or of all when they are together no longer. */
  public tail(bytes: number): { readonly lines: Buffer; readonly isAll: boolean } {
    this.flush();
    const last = this._segments.at(-1);
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
      return { lines, isAll: begin === 0 && this._segments.length === 1 };
    } finally {
      closeSync(fd);
    }
  }

  public close(): void {
    this.flush();
    this._close();
  }

  private _reserve(bytes: number): void {
    const needed = this._gatheredBytes + bytes;
    if (needed > this._gathered.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this._gathered.length * 2, FIRST_GATHER_BYTES));
      this._gathered.copy(grown, 0, 0, this._gatheredBytes);
      this._gathered = grown;
    }
  }

  private _flushWhenFull(): void {
    if (this._gatheredBytes < this._flushAt) {
      return;
    }
    try {
      this.flush();
      this._flushAt = GATHER_BYTES;
    } catch {
      // A full disk must not stop the parser: the lines wait in memory, and in the end the oldest go.
      this._flushAt = this._gatheredBytes + GATHER_BYTES;
      const surplus = this._gatheredBytes - MAX_WAITING_BYTES;
      if (surplus > 0) {
        const from = this._gathered.indexOf(LINE_FEED, surplus) + 1;
        this._gathered.copyWithin(0, from, this._gatheredBytes);
        this._gatheredBytes -= from;
      }
    }
  }

  private _fdForAppend(): number {
    const last = this._segments.at(-1);
    if (last !== undefined && this._written - last.start < SEGMENT_BYTES) {
      return this._open(last);
    }
    this._close();
    const next = { start: this._written, path: join(this._folder, `${this._terminal}.${this._written}.txt`) };
    this._segments.push(next);
    while (this._segments.length > MAX_SEGMENTS) {
      const oldest = this._segments.shift();
      if (oldest !== undefined) {
        rmSync(oldest.path, { force: true });
      }
    }
    return this._open(next);
  }

  private _open(segment: Segment): number {
    this._fd ??= openSync(segment.path, 'a', 0o600);
    return this._fd;
  }

  private _close(): void {
    if (this._fd !== undefined) {
      this._background.close(this._fd);
      this._fd = undefined;
    }
  }

  private _endOfLast(): number {
    const last = this._segments.at(-1);
    return last === undefined ? 0 : last.start + statSync(last.path).size;
  }
}

/** Deletes a terminal's history. */
export const forgetHistory = (folder: string, terminal: TerminalId): void => {
  for (const { path } of segmentsOf(folder, terminal)) {
    rmSync(path, { force: true });
  }
};

const segmentsOf = (folder: string, terminal: TerminalId): Segment[] =>
  readdirSync(folder)
    .map((name) => ({ name, match: /^(.+)\.(\d+)\.txt$/.exec(name) }))
    .filter(({ match }) => match?.[1] === terminal)
    .map(({ name, match }) => ({ start: Number(match?.[2]), path: join(folder, name) }))
    .sort((a, b) => a.start - b.start);

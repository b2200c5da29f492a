import { fdatasyncSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import { BackgroundSync } from '../platform/backgroundSync';
import { setAside } from '../platform/brokenFile';
import { crc32 } from '../platform/crc32';
import { syncFolder } from '../platform/privateFile';
import { requireOwnFolder } from '../platform/privateFolder';
import type { TerminalId } from '../protocol/ids';
import { FlushedUpTo } from './flushedUpTo';
import { GatheredLines } from './gatheredLines';
import {
  cutOverlaps,
  endOf,
  linesFrom,
  makeWayForSegments,
  readLinesBackwards,
  type Segment,
  segmentAt,
  segmentsOf,
  sumOf,
  syncSegment,
  tailOf,
} from './historySegments';
import { type HistorySum, stateOfHistory, tailBegin, wholeLinesEnd } from './historyState';

/** A terminal's history is kept in files of this size … */
export const SEGMENT_BYTES = 16 * 1024 * 1024;
/** … of which the newest this many stay: some 600,000 lines of 100 characters. */
export const MAX_SEGMENTS = 4;
/** Lines are gathered up to this many bytes before they are written. */
const GATHER_BYTES = 64 * 1024;
/** What waits in memory while the disk takes nothing. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** How often lines of a flood are brought to the disk: a power cut takes no more than 5 s of them. */
const BACKGROUND_MS = 4000;
const LINE_FEED = 0x0a;
/** Where nothing is on its way and the last of it went there so long ago, a keyframe waits for the disk instead. */
const LATE_MS = 5000;

/**
 * The append-only text of a terminal's rows that left its screen, in segments of which the oldest are
 * dropped. Positions count bytes since the terminal's beginning, so that a keyframe can say how much of it
 * it has seen, and what was appended after the keyframe can be taken back before it is parsed again.
 */
export class HistoryFile {
  private _segments: Segment[];
  private _fd: number | undefined;
  /** Lines not written yet. */
  private readonly _gathered = new GatheredLines();
  private _flushAt = GATHER_BYTES;
  private _written: number;
  private readonly _background = new BackgroundSync(BACKGROUND_MS);
  private readonly _flushed: FlushedUpTo;
  /** Of what stands from a position to the end of what is written; not taken again where it is gone on with. */
  private _sum: { readonly from: number; crc: number } | undefined;
  /** Whether the folder knows all segments after a power cut. */
  private _areNamesFlushed = false;
  /** Some of it can't be waited for: it was on the disk and was taken back, or nobody brought it there. */
  private _isSyncDue: boolean;

  /** @param _segmentBytes of each file */
  public constructor(
    private readonly _folder: string,
    private readonly _terminal: TerminalId,
    private readonly _segmentBytes = SEGMENT_BYTES,
  ) {
    makeWayForSegments(_folder, _terminal);
    this._segments = segmentsOf(_folder, _terminal);
    cutOverlaps(this._segments);
    const last = this._segments.at(-1);
    this._written = last === undefined ? 0 : endOf(last);
    this._flushed = new FlushedUpTo(0);
    this._isSyncDue = this._written > 0;
  }

  /** The position behind the last line, written or gathered. */
  public get length(): number {
    return this._written + this._gathered.length;
  }

  /** Appends one line; the line feed is added. */
  public append(line: string): void {
    this._gathered.append(line);
    this._flushWhenFull();
  }

  /** Appends lines that end with their line feeds. */
  public appendLines(lines: Uint8Array): void {
    this._gathered.appendLines(lines);
    this._flushWhenFull();
  }

  /**
   * Goes back to what a keyframe knows, as far as that is there and right; damaged files are set aside.
   * @param sum undefined where the keyframe is older than sums
   * @returns where what was set aside is now
   */
  public goBackTo(length: number, sum?: HistorySum): readonly string[] {
    const { end, broken, damaged } = stateOfHistory(this._segments, length, sum);
    const aside = [
      ...broken.map(({ path }) => setAside(path, 'move')),
      ...(damaged === undefined ? [] : [setAside(damaged.path, 'copy')]),
    ];
    this._segments = this._segments.filter((segment) => !broken.includes(segment));
    this.truncate(end);
    this._flushed.all(Math.min(end, sum?.isFlushed === false ? sum.from : end));
    if (end < length && end === sum?.from && sum.bridge !== undefined) {
      this.appendLines(Buffer.from(sum.bridge));
    }
    this._isSyncDue = this._flushed.position < this.length;
    return aside;
  }

  /** Takes back what was not written to its end when nobody knows how long it is to be: a power cut leaves such. */
  public keepWholeLines(): void {
    for (const segment of this._segments) {
      const size = endOf(segment);
      const end = wholeLinesEnd(segment, size);
      if (end < size) {
        this.truncate(end);
        return;
      }
    }
  }

  /**
   * What a keyframe of the first `length` bytes is to say of them; undefined where they are gone.
   * @param rows as many as a screen may have had when some of it was last brought to the disk
   */
  public sumUpTo(length: number, rows: number): HistorySum | undefined {
    this.flush();
    const isFlushed = length <= this._flushed.position;
    const from = isFlushed
      ? tailBegin(this._segments, length)
      : Math.max(this._flushed.position, this._segments[0]?.start ?? 0);
    const isKnown = this._sum?.from === from && length === this._written;
    const crc = isKnown ? this._sum?.crc : sumOf(this._segments, from, length);
    if (crc === undefined) {
      return undefined;
    }
    if (length === this._written) {
      this._sum = { from, crc };
    }
    return isFlushed
      ? { from, crc, isFlushed }
      : { from, crc, isFlushed, bridge: this._bridge(from, length, rows) };
  }

  /** A line of which the screen had only the end is one more. */
  private _bridge(from: number, length: number, rows: number): string {
    return linesFrom(this._segments, from, rows + 1)
      .subarray(0, length - from)
      .toString();
  }

  /** Takes back what stands behind `position`. A shorter history stays as it is. */
  public truncate(position: number): void {
    this.flush();
    if (position >= this._written) {
      return;
    }
    this._close();
    this._sum = undefined;
    this._isSyncDue ||= position < this._flushed.position;
    this._flushed.cutAt(position);
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
    if (this._gathered.length === 0) {
      return;
    }
    const { bytes } = this._gathered;
    const fd = this._fdForAppend();
    if (this._flushed.position === this._written) {
      this._sum = { from: this._written, crc: 0 };
    }
    try {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(fd, bytes, done);
      }
    } catch (error) {
      // Half a write is taken back, so that positions stay true.
      ftruncateSync(fd, this._written - (this._segments.at(-1)?.start ?? 0));
      throw error;
    }
    if (this._sum !== undefined) {
      this._sum.crc = crc32(bytes, this._sum.crc);
    }
    this._gathered.clear();
    this._written += bytes.length;
  }

  /**
   * Hands gathered lines over, and has them brought to the disk without waiting for it; unless they are in the place of lines
   * that were there already, as after a resize, or nothing was brought there for long: those must not be lost now.
   */
  public flushCalmly(): void {
    this.flush();
    const isLate = this._background.isDue && performance.now() - this._flushed.asOf > LATE_MS;
    if (this._isSyncDue || isLate) {
      this._bringToDisk();
    } else if (this._fd !== undefined && this._background.isDue) {
      this._flushNames();
      this._background.begin(this._fd, this._flushed.begun(this._written));
    }
  }

  /** Makes everything appended so far survive a power cut; an idle history keeps no file open and no memory. */
  public sync(): void {
    this.flush();
    this._gathered.release();
    this._bringToDisk();
    this._close();
  }

  /**
   * Reads lines from the newest to older ones until `take` returns false or there are no more.
   * @param take is given each line without its line feed
   */
  public readBackwards(take: (line: Buffer) => boolean): void {
    this.flush();
    readLinesBackwards(this._segments, take);
  }

  /**
   * The newest lines that fit `bytes`, whole, of the newest segment, or of all when they are together no longer. Those that wait
   * to be written are among them: to be read they need no disk.
   */
  public tail(bytes: number): { readonly lines: Buffer; readonly isAll: boolean } {
    const waiting = this._gathered.bytes;
    if (waiting.length > bytes) {
      const newest = waiting.subarray(waiting.length - bytes);
      return { lines: Buffer.from(newest.subarray(newest.indexOf(LINE_FEED) + 1)), isAll: false };
    }
    const { lines, isAll } = tailOf(this._segments, bytes - waiting.length);
    return { lines: Buffer.concat([lines, waiting]), isAll };
  }

  /** The lines from `position` on, where one begins; those that are still there of older ones. */
  public from(position: number): Buffer {
    const waiting = this._gathered.bytes.subarray(Math.max(0, position - this._written));
    return position < this._written
      ? Buffer.concat([linesFrom(this._segments, position, Number.POSITIVE_INFINITY), waiting])
      : Buffer.from(waiting);
  }

  public close(): void {
    this.flush();
    this._close();
  }

  private _flushWhenFull(): void {
    if (this._gathered.length < this._flushAt) {
      return;
    }
    try {
      this.flush();
      this._flushAt = GATHER_BYTES;
    } catch {
      // A full disk must not stop the parser: the lines wait in memory, and in the end the oldest go.
      this._flushAt = this._gathered.length + GATHER_BYTES;
      const surplus = this._gathered.length - MAX_WAITING_BYTES;
      if (surplus > 0) {
        this._gathered.dropOldest(surplus);
      }
    }
  }

  private _fdForAppend(): number {
    const last = this._segments.at(-1);
    if (last !== undefined && this._written - last.start < this._segmentBytes) {
      return this._open(last);
    }
    if (this._fd !== undefined) {
      this._flushNames();
      this._background.leave(this._fd, this._flushed.begun(this._written));
      this._fd = undefined;
    }
    const next = segmentAt(this._folder, this._terminal, this._written);
    this._areNamesFlushed = false;
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
    if (this._fd === undefined) {
      // Another may have been put in its place since this process began.
      requireOwnFolder(this._folder);
      this._fd = openSync(segment.path, 'a', 0o600);
    }
    return this._fd;
  }

  private _close(): void {
    if (this._fd !== undefined) {
      this._background.close(this._fd);
      this._fd = undefined;
    }
  }

  private _bringToDisk(): void {
    const flushed = this._flushed.position;
    if (flushed === this._written && !this._isSyncDue) {
      return;
    }
    for (const [index, segment] of this._segments.entries()) {
      const next = this._segments[index + 1];
      if (next === undefined && this._fd !== undefined) {
        fdatasyncSync(this._fd);
      } else if (flushed < (next?.start ?? this._written)) {
        syncSegment(segment);
      }
    }
    this._flushNames();
    this._flushed.all(this._written);
    this._isSyncDue = false;
  }

  private _flushNames(): void {
    if (!this._areNamesFlushed) {
      syncFolder(this._folder);
      this._areNamesFlushed = true;
    }
  }
}

import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { IDisposable } from '../lifecycle/lifecycle';
import type { Millis, Offset } from '../protocol/ids';
import type { Size } from '../protocol/model';
import { type IndexEntry, JournalIndex } from './journalIndex';
import { indexStep, type RecoveredJournal, recover } from './recovery';
import { MemoryRing, type Ring, RingFile } from './ring';

/** What a journal may cost while its disk is full. */
export const MEMORY_JOURNAL_BYTES = 1024 * 1024;
/** How often a journal in memory tries to get back to its file. */
const RETRY_MS = 1000;
const COPY_BYTES = 64 * 1024;
/** What a journal that goes back to its file leaves on the disk, for those who confirm something to somebody. */
const LEFT_FREE_BYTES = 64 * 1024;
/** Failures of the disk, not of the path: a program may start all the same. */
const DISK_TROUBLE: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EFBIG']);

export interface JournalOptions {
  readonly path: string;
  /** Offset of the next byte. A journal that ends there is continued; any other starts anew. */
  readonly base: Offset;
  readonly size: Size;
  readonly now: Millis;
  /** Bytes of the ring in the file, and of the one in memory while the disk is full. */
  readonly capacity?: number;
  readonly memoryCapacity?: number;
  /** Told in a sentence when the journal has to go on in memory, and when it is back in its file. */
  readonly onNote?: (note: string) => void;
}

interface Memory {
  readonly ring: MemoryRing;
  /** The first position that is in memory instead of in the file. */
  readonly start: number;
  retryAt: Millis;
}

type StorageOptions = JournalOptions & { readonly capacity: number };

/** A journal's file, or its file up to a position and memory from there, while the disk is full. */
export class JournalStorage implements Pick<Ring, 'read' | 'capacity'>, IDisposable {
  private _memory: Memory | undefined;
  private _isDisposed = false;

  private constructor(
    private readonly _options: StorageOptions,
    private _file: RingFile | undefined,
  ) {}

  /** Opens or creates the file, and says what it holds. */
  public static open(options: StorageOptions): { storage: JournalStorage; state: RecoveredJournal } {
    const opened = RingFile.open(options.path, 'write');
    if (opened !== undefined) {
      const found = recover(opened.file, opened.header);
      if (found.head === options.base && opened.header.capacity === options.capacity) {
        return { storage: new JournalStorage(options, opened.file), state: found };
      }
      opened.file.close();
    }
    const start: IndexEntry = { position: 0, offset: options.base, size: options.size };
    const index = new JournalIndex(indexStep(options.capacity));
    index.add(start);
    const state = {
      index,
      position: 0,
      head: options.base,
      size: options.size,
      exit: null,
      lastOutputAt: null,
      broken: new Map(),
    };
    try {
      const file = RingFile.create(options.path, options.capacity, start);
      return { storage: new JournalStorage(options, file), state };
    } catch (error) {
      if (!DISK_TROUBLE.has((error as NodeJS.ErrnoException).code)) {
        throw error;
      }
      const storage = new JournalStorage(options, undefined);
      storage._fallBack(0, error, options.now);
      return { storage, state };
    }
  }

  public get capacity(): number {
    return this._options.capacity;
  }

  public get isInMemory(): boolean {
    return this._memory !== undefined;
  }

  /** Whether a power cut may take something that is in the file. */
  public get isDirty(): boolean {
    return this._file?.isDirty === true;
  }

  public async sync(): Promise<void> {
    await this._file?.sync();
  }

  /** The oldest position that can be kept once everything up to `end` is written. */
  public oldestAfter(end: number): number {
    if (this._memory === undefined) {
      return end - this.capacity;
    }
    // The file in front of the memory is not written to any more, so nothing of it has to go at first.
    const oldest = end - this._memory.ring.capacity;
    return oldest > this._memory.start ? oldest : 0;
  }

  /** Notes what is oldest from now on, before what stood in front of it is overwritten, and some later records. */
  public noteStart(first: IndexEntry, later: readonly IndexEntry[], end: number): void {
    if (this._memory !== undefined) {
      return;
    }
    try {
      this._file?.writeHeader(first, later);
    } catch (error) {
      this._fallBack(end, error, Date.now());
    }
  }

  /** Which of its broken places were set aside. */
  public noteSetAside(before: number): void {
    this._file?.noteSetAside(before);
  }

  public append(position: number, bytes: Buffer, now: Millis): void {
    if (this._memory === undefined) {
      try {
        this._file?.write(position, bytes);
        return;
      } catch (error) {
        this._fallBack(position, error, now);
      }
    }
    this._memory?.ring.write(position, bytes);
  }

  public read(position: number, target: Buffer): number {
    const inFile =
      this._memory === undefined
        ? target.length
        : Math.max(0, Math.min(target.length, this._memory.start - position));
    let read = 0;
    if (inFile > 0) {
      read = this._file?.read(position, target.subarray(0, inFile)) ?? 0;
      if (read < inFile) {
        return read;
      }
    }
    return read + (this._memory?.ring.read(position + read, target.subarray(read)) ?? 0);
  }

  /** Goes back to the file when there is room on the disk again; asks the disk at most once in RETRY_MS. */
  public retry(index: JournalIndex, end: number, now: Millis): void {
    const memory = this._memory;
    // Further ahead than it was set is a clock that was set back.
    if (memory === undefined || (now < memory.retryAt && memory.retryAt - now <= RETRY_MS)) {
      return;
    }
    memory.retryAt = now + RETRY_MS;
    this.goBack(index, end);
  }

  /** Goes back to the file if that takes everything. */
  public goBack(index: JournalIndex, end: number): void {
    const memory = this._memory;
    if (memory === undefined) {
      return;
    }
    try {
      const first = index.first;
      const kept =
        first !== undefined && first.position >= end - this.capacity
          ? first
          : index.dropBefore(end - this.capacity);
      if (kept === undefined) {
        return;
      }
      const from = Math.max(kept.position, memory.start);
      if (this._isTooFullFor(end - from)) {
        return;
      }
      if (this._file === undefined) {
        this._file = RingFile.create(this._options.path, this.capacity, kept, index.later);
      }
      this._file.writeHeader(kept, index.later, 'cut');
      const piece = Buffer.allocUnsafe(COPY_BYTES);
      for (let position = from; position < end; position += COPY_BYTES) {
        const part = piece.subarray(0, Math.min(COPY_BYTES, end - position));
        memory.ring.read(position, part);
        this._file.write(position, part);
      }
      this._file.writeHeader(kept, index.later);
      this._memory = undefined;
      this._options.onNote?.(`the journal ${this._options.path} is back in its file`);
    } catch {
      // Still no room; it goes on in memory until the next try.
    }
  }

  public dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._file?.close();
      this._memory = undefined;
    }
  }

  private _isTooFullFor(bytes: number): boolean {
    const { bavail, bsize } = statfsSync(dirname(this._options.path));
    return bavail * bsize < bytes + LEFT_FREE_BYTES;
  }

  private _fallBack(position: number, error: unknown, now: Millis): void {
    const { code } = error as NodeJS.ErrnoException;
    const capacity = this._options.memoryCapacity ?? MEMORY_JOURNAL_BYTES;
    this._memory = { ring: new MemoryRing(capacity), start: position, retryAt: now + RETRY_MS };
    this._file?.noteCut();
    this._options.onNote?.(`the journal ${this._options.path} goes on in memory: ${code}`);
  }
}

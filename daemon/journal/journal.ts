import type { IDisposable } from '../lifecycle/lifecycle';
import { setAside } from '../platform/brokenFile';
import { JOURNAL_BYTES } from '../protocol/host';
import type { Millis, Offset } from '../protocol/ids';
import type { Size } from '../protocol/model';
import { encodeRecord, type JournalRecord, MAX_BODY_BYTES, RecordKind } from './format';
import type { IndexEntry } from './journalIndex';
import { type JournalOptions, JournalStorage } from './journalStorage';
import { endOf, RecordReader } from './records';
import type { RecoveredJournal } from './recovery';
import { wholeBehind } from './wholeBehind';

export type { JournalOptions } from './journalStorage';

/** A reader's place: a record, and how many bytes of its output are already behind. */
export interface Cursor {
  readonly position: number;
  readonly skip: number;
}

/**
 * A terminal's journal, written. Everything is in the file (or in memory, while the disk is full) when an
 * append returns; nothing is buffered. What is oldest is dropped when there is no room: whoever appends asks
 * `room` first if that must not happen.
 */
export class Journal implements IDisposable {
  private readonly _storage: JournalStorage;
  private readonly _reader: RecordReader;
  private readonly _maxBody: number;
  private readonly _state: Pick<RecoveredJournal, 'index'>;
  private _end: number;
  private _head: Offset;
  private _size: Size;
  /** By where a place begins that can't be read: what is whole behind it. */
  private readonly _broken: Map<number, IndexEntry>;

  /** @throws what the file system throws for a path that can't be a journal's (no folder, a link, no permission) */
  public constructor(private readonly _options: JournalOptions) {
    const capacity = _options.capacity ?? JOURNAL_BYTES;
    // Small rings exist in tests only: several records must fit into each.
    this._maxBody = Math.min(MAX_BODY_BYTES, Math.floor(capacity / 16));
    const { storage, state } = JournalStorage.open({ ..._options, capacity });
    this._storage = storage;
    this._state = state;
    this._broken = new Map(state.broken);
    this._end = state.position;
    this._head = state.head;
    this._size = state.size;
    this._reader = new RecordReader(storage);
  }

  /** The offset behind the newest byte. */
  public get head(): Offset {
    return this._head;
  }

  /** The offset of the oldest byte that is still held. */
  public get tail(): Offset {
    return this._first.offset;
  }

  public get size(): Size {
    return this._size;
  }

  /** Where the next record will stand. */
  public get end(): Cursor {
    return { position: this._end, skip: 0 };
  }

  /** The largest output that becomes one record. */
  public get maxOutput(): number {
    return this._maxBody;
  }

  public get isInMemory(): boolean {
    return this._storage.isInMemory;
  }

  /** Whether something was appended that a power cut may take. */
  public get isDirty(): boolean {
    return this._storage.isDirty;
  }

  /** Brings what is in memory alone to the file. @returns false when the disk takes it no better than before */
  public toFile(): boolean {
    this._storage.goBack(this._state.index, this._end);
    return !this._storage.isInMemory;
  }

  /** Brings what is appended to the disk, without holding up who appends. Never rejects. */
  public sync(): Promise<void> {
    return this._storage.sync();
  }

  public appendOutput(data: Buffer, time: Millis): void {
    for (let from = 0; from < data.length; from += this._maxBody) {
      this._append(RecordKind.OUTPUT, data.subarray(from, from + this._maxBody), time);
    }
  }

  public appendResize(size: Size, time: Millis): void {
    const body = Buffer.allocUnsafe(4);
    body.writeUInt16BE(size.cols, 0);
    body.writeUInt16BE(size.rows, 2);
    this._append(RecordKind.RESIZE, body, time);
    this._size = size;
  }

  public appendExit(exitCode: number, signal: number, time: Millis): void {
    const body = Buffer.allocUnsafe(5);
    body.writeInt32BE(exitCode, 0);
    body.writeUInt8(signal, 4);
    this._append(RecordKind.EXIT, body, time);
  }

  /**
   * Bytes of records that can be appended before something behind `covered` is dropped. Rounded down to the
   * index's grain. Without a bound in memory, where waiting for a keyframe that needs the same disk helps nobody.
   */
  public room(covered: Offset): number {
    if (this._storage.isInMemory) {
      return Number.POSITIVE_INFINITY;
    }
    const safe = this._state.index.floor(covered)?.position ?? this._end;
    return this._storage.capacity - (this._end - safe);
  }

  /** Whether a cursor's record is still there. One that can't be read is: `next` answers with nothing, and `locate` goes on behind it. */
  public holds(cursor: Cursor): boolean {
    return cursor.position >= this._first.position;
  }

  /**
   * The place to read from so that the next byte is the one at `from`; the oldest that is held when that is
   * gone, the next that can be read when it can't, the newest when it is yet to come. Resizes exactly at that offset are behind the cursor: `size` is
   * what they amount to.
   */
  public locate(from: Offset): { readonly cursor: Cursor; readonly offset: Offset; readonly size: Size } {
    const start = this._state.index.floor(from) ?? this._first;
    let { position, offset, size } = start;
    while (position < this._end) {
      const found = this._at(position);
      if (found === undefined) {
        ({ position, offset, size } = this._behindBroken({ position, offset, size }));
        continue;
      }
      const { record } = found;
      if (record.kind === 'output' && endOf(record) > from) {
        const skip = Math.max(0, from - record.offset);
        return { cursor: { position, skip }, offset: (record.offset + skip) as Offset, size };
      }
      if (record.kind === 'resize') {
        size = { cols: record.cols, rows: record.rows };
      }
      position = found.next;
      offset = endOf(record);
    }
    return { cursor: { position, skip: 0 }, offset, size };
  }

  /** What stands at a cursor, and the cursor behind it; undefined at the end, and where it can't be read. The data is valid until the next call. */
  public next(cursor: Cursor): { readonly record: JournalRecord; readonly cursor: Cursor } | undefined {
    const found = this._at(cursor.position);
    if (found === undefined) {
      this._reader.release();
      return undefined;
    }
    const { record } = found;
    const rest =
      record.kind === 'output' && cursor.skip > 0
        ? {
            ...record,
            offset: (record.offset + cursor.skip) as Offset,
            data: record.data.subarray(cursor.skip),
          }
        : record;
    return { record: rest, cursor: { position: found.next, skip: 0 } };
  }

  public dispose(): void {
    this._storage.dispose();
  }

  private get _first(): IndexEntry {
    return this._state.index.first ?? this._here;
  }

  private get _here(): IndexEntry {
    return { position: this._end, offset: this._head, size: this._size };
  }

  /** What is whole behind a place that can't be read. The first time, what the file holds is set aside and it is told. */
  private _behindBroken(from: IndexEntry): IndexEntry {
    const known = this._broken.get(from.position);
    if (known !== undefined) {
      return known;
    }
    const { index } = this._state;
    const behind = wholeBehind(this._storage, from, [...index.later, this._here], this._end) ?? this._here;
    this._broken.set(from.position, behind);
    const { path, onNote } = this._options;
    const aside = setAside(path, 'copy');
    this._storage.noteSetAside(this._end);
    this._storage.noteStart(this._first, index.later, this._end);
    onNote?.(
      `the journal ${path} can't be read from offset ${from.offset} to ${behind.offset}; a copy of it is ${aside}`,
    );
    return behind;
  }

  private _at(position: number): ReturnType<RecordReader['at']> {
    return this._reader.at(position, this._end);
  }

  private _append(kind: number, body: Buffer, time: Millis): void {
    const bytes = encodeRecord(this._end, { kind, time, offset: this._head }, body);
    const { length } = bytes;
    this._storage.retry(this._state.index, this._end, time);
    const oldest = this._storage.oldestAfter(this._end + length);
    if (this._first.position < oldest) {
      const first = this._state.index.dropBefore(oldest) ?? this._here;
      for (const position of this._broken.keys()) {
        if (position < first.position) {
          this._broken.delete(position);
        }
      }
      this._state.index.add(first);
      this._storage.noteStart(first, this._state.index.later, this._end);
    }
    const isAnchor = this._state.index.add(this._here);
    this._storage.append(this._end, bytes, time);
    this._end += length;
    if (kind === RecordKind.OUTPUT) {
      this._head = (this._head + body.length) as Offset;
    }
    if (isAnchor) {
      this._storage.noteStart(this._first, this._state.index.later, this._end);
    }
  }
}

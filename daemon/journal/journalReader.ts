import type { IDisposable } from '../lifecycle/lifecycle';
import type { Millis, Offset } from '../protocol/ids';
import type { Size } from '../protocol/model';
import type { Anchor, JournalHeader, JournalRecord } from './format';
import { RecordReader } from './records';
import { type JournalExit, type RecoveredJournal, recover } from './recovery';
import { RingFile } from './ring';

/**
 * A journal whose PTY host has died, read only. What it holds is established once, when it is opened; a
 * journal that is still being written must be read through its PTY host.
 */
export class JournalReader implements IDisposable {
  private _isDisposed = false;

  private constructor(
    private readonly _file: RingFile,
    private readonly _header: JournalHeader,
    private readonly _state: RecoveredJournal,
  ) {}

  /** Undefined when there is no journal at `path`. @throws what the file system throws */
  public static open(path: string): JournalReader | undefined {
    const opened = RingFile.open(path, 'read');
    if (opened === undefined) {
      return undefined;
    }
    return new JournalReader(opened.file, opened.header, recover(opened.file, opened.header));
  }

  /** The offset behind the newest byte. */
  public get head(): Offset {
    return this._state.head;
  }

  /** The offset of the oldest byte that was kept when it was written last, whether that can be read or not. */
  public get begin(): Offset {
    return this._header.offset;
  }

  /** The offset of the oldest byte that is still held. */
  public get tail(): Offset {
    return this._state.index.first?.offset ?? this._header.offset;
  }

  /** The offset behind the newest byte of which it knows, further than the head where what is in between can't be read. */
  public get knownHead(): Offset {
    const anchored = this._header.anchors.at(-1)?.offset ?? 0;
    return Math.max(this._state.head, anchored) as Offset;
  }

  /** Whether a place in it can't be read, with whole records behind it, that was not set aside yet. */
  public get isBroken(): boolean {
    return [...this._state.broken.keys()].some((position) => position >= this._header.setAsideBefore);
  }

  /** Whether everything between its tail and its head can be read. */
  public get isWhole(): boolean {
    return this._state.broken.size === 0;
  }

  /** The size in force at the head. */
  public get size(): Size {
    return this._state.size;
  }

  /** The size in force at the tail, before any record there. */
  public get tailSize(): Size {
    return this._state.index.first?.size ?? this._header.size;
  }

  /** The program's exit, when it ended and was not started again. */
  public get exit(): JournalExit | null {
    return this._state.exit;
  }

  /** Whether more was written than it holds, which a full disk had not taken. */
  public get isCut(): boolean {
    return this._header.isCut;
  }

  public get lastOutputAt(): Millis | null {
    return this._state.lastOutputAt;
  }

  /**
   * The records from an offset (the tail, if that is later) up to another, in order. Output that begins
   * before `from` or ends behind `to` is cut. Resizes and exits exactly at `from` and at `to` are included.
   * Behind a place that can't be read, offsets go on further up, and a resize says what size is in force there.
   * A record's data is its own.
   */
  public *read(from: Offset, to: Offset = this.head): Generator<JournalRecord, void, undefined> {
    const reader = new RecordReader(this._file);
    let position = this._state.index.floor(from)?.position ?? this._state.position;
    while (!this._isDisposed) {
      const behind = this._state.broken.get(position);
      const found = behind === undefined ? reader.at(position, this._state.position) : undefined;
      const record = behind === undefined ? found?.record : sizeOf(behind);
      if (record === undefined || record.offset > to) {
        return;
      }
      position = found?.next ?? behind?.position ?? this._state.position;
      const cut = cutRecord(record, from, to);
      if (cut !== undefined) {
        yield cut;
      }
    }
  }

  /** Where what is good of it begins, and some later records; what its header says once it was set aside. */
  public get good(): {
    readonly first: Anchor;
    readonly later: readonly Anchor[];
    readonly isCut: boolean;
    readonly end: number;
  } {
    const { index, position } = this._state;
    return {
      first: index.first ?? this._header,
      later: index.later,
      isCut: this._header.isCut,
      end: position,
    };
  }

  public dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._file.close();
    }
  }
}

const sizeOf = ({ offset, size }: Anchor): JournalRecord => ({ kind: 'resize', offset, time: 0, ...size });

const cutRecord = (record: JournalRecord, from: Offset, to: Offset): JournalRecord | undefined => {
  if (record.kind !== 'output') {
    return record.offset >= from ? record : undefined;
  }
  const start = Math.max(0, from - record.offset);
  const end = Math.min(record.data.length, to - record.offset);
  return start >= end
    ? undefined
    : {
        ...record,
        offset: (record.offset + start) as Offset,
        data: Buffer.from(record.data.subarray(start, end)),
      };
};

import type { Offset } from '../protocol/ids';
import {
  decodeRecord,
  decodeRecordHeader,
  isIntact,
  type JournalRecord,
  MAX_BODY_BYTES,
  RECORD_HEADER_BYTES,
} from './format';
import type { Ring } from './ring';

/** How much is read at once: at least one whole record of any size. */
const BLOCK_BYTES = 2 * (RECORD_HEADER_BYTES + MAX_BODY_BYTES);

/** Reads records off a ring, a block of many at a time. */
export class RecordReader {
  private _block: Buffer = Buffer.alloc(0);
  private _valid: Buffer = Buffer.alloc(0);
  private _start = 0;

  public constructor(private readonly _ring: Pick<Ring, 'read'>) {}

  /**
   * The record at `position`, and where the next one stands; undefined when there is none before `limit` or
   * what is there is broken. The record's data is valid until the next call.
   */
  public at(position: number, limit: number): { record: JournalRecord; next: number } | undefined {
    const bytes = this._bytes(position, RECORD_HEADER_BYTES, limit);
    const header = bytes === undefined ? undefined : decodeRecordHeader(bytes);
    if (header === undefined) {
      return undefined;
    }
    const length = RECORD_HEADER_BYTES + header.length;
    const whole = this._bytes(position, length, limit);
    const body = whole?.subarray(RECORD_HEADER_BYTES);
    return whole === undefined || body === undefined || !isIntact(position, whole, body)
      ? undefined
      : { record: decodeRecord(header, body), next: position + length };
  }

  /** Forgets what was read: the ring has been written where it was. */
  public invalidate(): void {
    this._valid = this._block.subarray(0, 0);
  }

  /** Gives its memory back until the next read. */
  public release(): void {
    this._block = Buffer.alloc(0);
    this.invalidate();
  }

  private _bytes(position: number, length: number, limit: number): Buffer | undefined {
    if (position + length > limit) {
      return undefined;
    }
    if (position < this._start || position + length > this._start + this._valid.length) {
      if (this._block.length === 0) {
        this._block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      }
      const wanted = this._block.subarray(0, Math.min(BLOCK_BYTES, limit - position));
      this._start = position;
      this._valid = wanted.subarray(0, this._ring.read(position, wanted));
    }
    const from = position - this._start;
    return from + length > this._valid.length ? undefined : this._valid.subarray(from, from + length);
  }
}

/** The offset behind a record. */
export const endOf = (record: JournalRecord): Offset =>
  (record.kind === 'output' ? record.offset + record.data.length : record.offset) as Offset;

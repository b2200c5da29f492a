import { crc32 } from '../platform/crc32';
import type { Millis, Offset } from '../protocol/ids';
import { offset } from '../protocol/ids';
import type { Size } from '../protocol/model';

/**
 * A journal is one file: a header of HEADER_BYTES, then a ring. What is written has a *position*: the number
 * of bytes ever written to the ring before it; it stands at HEADER_BYTES + position % capacity. Records follow
 * each other without padding and may run over the ring's end. All integers are big-endian.
 *
 * ```
 * header  two slots, at 0 and SLOT_BYTES; the valid one with the higher sequence counts:
 *         "HFJ1" · u32 CRC of what follows · u64 sequence · u64 capacity · u64 position of the oldest record
 *         · u64 its offset · u16 cols · u16 rows in force there · u32 CUT and sequence, checksummed, or 0
 *         · u64 the position before which broken places were set aside · u32 CRC of BROKEN, sequence and that, or 0;
 *         at ANCHORS_AT of the slot: u32 CRC of sequence and what follows · u16 count · later records, each as above
 * record  u32 CRC · u8 kind · u24 length of the body · u48 time (ms) · u48 offset · body
 *         the CRC covers the record's position too (u64, not stored), so that a record of an earlier round
 *         is never taken for one of this round
 * body    OUTPUT: bytes · RESIZE: u16 cols · u16 rows · EXIT: i32 exit code · u8 signal
 * ```
 *
 * The newest record is not written down anywhere: it is found by reading on from the oldest until what comes
 * is no record. So a writer that is killed at any point loses at most the record it was writing. A power cut may leave
 * newer records and not the header that makes room for them: what they were not written over is found by the anchors.
 */
export const HEADER_BYTES = 4096;
export const SLOT_BYTES = 2048;
export const RECORD_HEADER_BYTES = 20;
/** The largest body; a u24 would allow more, but readers hold one record at a time. */
export const MAX_BODY_BYTES = 64 * 1024;

const MAGIC = 0x48464a31;
const SLOT_USED_BYTES = 44;
/** Where it says that the newest record is not the last that was written: the disk was full, and the rest in memory. */
const CUT_AT = SLOT_USED_BYTES;
const CUT = Buffer.from('CUT');
/** Where it says which of its broken places are known, and were set aside. */
const BROKEN_AT = CUT_AT + 4;
const BROKEN = Buffer.from('BROKEN');
const ANCHORS_AT = 64;
const ANCHOR_BYTES = 20;
/** As many as an index has entries, and some. */
const MAX_ANCHORS = 40;

export const RecordKind = { OUTPUT: 1, RESIZE: 2, EXIT: 3 } as const;

export type JournalRecord =
  | { readonly kind: 'output'; readonly offset: Offset; readonly time: Millis; readonly data: Buffer }
  | {
      readonly kind: 'resize';
      readonly offset: Offset;
      readonly time: Millis;
      readonly cols: number;
      readonly rows: number;
    }
  | {
      readonly kind: 'exit';
      readonly offset: Offset;
      readonly time: Millis;
      readonly exitCode: number;
      readonly signal: number;
    };

/** Where a record stands, its offset, and the size in force before it. */
export interface Anchor {
  readonly position: number;
  readonly offset: Offset;
  readonly size: Size;
}

/** The place of the oldest record, and more. */
export interface JournalHeader extends Anchor {
  readonly sequence: number;
  /** Bytes of the ring. */
  readonly capacity: number;
  /** Later records, oldest first. */
  readonly anchors: readonly Anchor[];
  /** What was written behind the newest record was in memory alone, on a full disk. */
  readonly isCut: boolean;
  /** Places before this position that can't be read were set aside, and are not to be again. */
  readonly setAsideBefore: number;
}

export const encodeHeader = (header: JournalHeader): Buffer => {
  const anchors = header.anchors.slice(0, MAX_ANCHORS);
  const slot = Buffer.alloc(ANCHORS_AT + 6 + anchors.length * ANCHOR_BYTES);
  slot.writeUInt32BE(MAGIC, 0);
  slot.writeBigUInt64BE(BigInt(header.sequence), 8);
  slot.writeBigUInt64BE(BigInt(header.capacity), 16);
  writeAnchor(slot, 24, header);
  slot.writeUInt32BE(crc32(slot.subarray(8, SLOT_USED_BYTES)), 4);
  slot.writeUInt32BE(header.isCut ? cutMark(slot) : 0, CUT_AT);
  slot.writeBigUInt64BE(BigInt(header.setAsideBefore), BROKEN_AT);
  slot.writeUInt32BE(brokenMark(slot), BROKEN_AT + 8);
  slot.writeUInt16BE(anchors.length, ANCHORS_AT + 4);
  for (const [index, anchor] of anchors.entries()) {
    writeAnchor(slot, ANCHORS_AT + 6 + index * ANCHOR_BYTES, anchor);
  }
  slot.writeUInt32BE(anchorsChecksum(slot, anchors.length), ANCHORS_AT);
  return slot;
};

/** Tied to the slot's sequence, so that it is not believed of another one. */
const cutMark = (slot: Buffer): number => crc32(CUT, crc32(slot.subarray(8, 16)));

const brokenMark = (slot: Buffer): number =>
  crc32(slot.subarray(BROKEN_AT, BROKEN_AT + 8), crc32(BROKEN, crc32(slot.subarray(8, 16))));

const writeAnchor = (slot: Buffer, at: number, anchor: Anchor): void => {
  slot.writeBigUInt64BE(BigInt(anchor.position), at);
  slot.writeBigUInt64BE(BigInt(anchor.offset), at + 8);
  slot.writeUInt16BE(anchor.size.cols, at + 16);
  slot.writeUInt16BE(anchor.size.rows, at + 18);
};

const readAnchor = (slot: Buffer, at: number): Anchor => ({
  position: Number(slot.readBigUInt64BE(at)),
  offset: offset(Number(slot.readBigUInt64BE(at + 8))),
  size: { cols: slot.readUInt16BE(at + 16), rows: slot.readUInt16BE(at + 18) },
});

const anchorsChecksum = (slot: Buffer, count: number): number =>
  crc32(slot.subarray(ANCHORS_AT + 4, ANCHORS_AT + 6 + count * ANCHOR_BYTES), crc32(slot.subarray(8, 16)));

/** The newest valid slot of a file's first HEADER_BYTES, or undefined when there is none. */
export const decodeHeader = (bytes: Buffer): JournalHeader | undefined => {
  const [newest, older] = [bytes.subarray(0, SLOT_BYTES), bytes.subarray(SLOT_BYTES, 2 * SLOT_BYTES)]
    .map(decodeSlot)
    .filter((slot) => slot !== undefined)
    .sort((a, b) => b.sequence - a.sequence);
  return newest === undefined || newest.anchors.length > 0
    ? newest
    : // Torn behind its beginning, or of an earlier version.
      { ...newest, anchors: older?.anchors.filter(({ position }) => position > newest.position) ?? [] };
};

const decodeSlot = (slot: Buffer): JournalHeader | undefined => {
  if (
    slot.length < SLOT_USED_BYTES ||
    slot.readUInt32BE(0) !== MAGIC ||
    slot.readUInt32BE(4) !== crc32(slot.subarray(8, SLOT_USED_BYTES))
  ) {
    return undefined;
  }
  return {
    sequence: Number(slot.readBigUInt64BE(8)),
    capacity: Number(slot.readBigUInt64BE(16)),
    ...readAnchor(slot, 24),
    anchors: decodeAnchors(slot),
    isCut: slot.length >= ANCHORS_AT && slot.readUInt32BE(CUT_AT) === cutMark(slot),
    setAsideBefore:
      slot.length >= ANCHORS_AT && slot.readUInt32BE(BROKEN_AT + 8) === brokenMark(slot)
        ? Number(slot.readBigUInt64BE(BROKEN_AT))
        : 0,
  };
};

const decodeAnchors = (slot: Buffer): readonly Anchor[] => {
  const count = slot.length < SLOT_BYTES ? 0 : slot.readUInt16BE(ANCHORS_AT + 4);
  return count > MAX_ANCHORS || slot.readUInt32BE(ANCHORS_AT) !== anchorsChecksum(slot, count)
    ? []
    : Array.from({ length: count }, (_, index) => readAnchor(slot, ANCHORS_AT + 6 + index * ANCHOR_BYTES));
};

export interface RecordHeader {
  readonly kind: number;
  readonly length: number;
  readonly time: Millis;
  readonly offset: Offset;
}

/**
 * The bytes of a record at `position`, checksum included; valid until the next call. They are put together behind
 * the position, so that the checksum is taken in one go over what follows each other.
 */
export const encodeRecord = (
  position: number,
  header: Omit<RecordHeader, 'length'>,
  body: Buffer,
): Buffer => {
  writeU64(scratch, position, SEED_AT);
  scratch.writeUInt8(header.kind, SCRATCH_AT + 4);
  scratch.writeUIntBE(body.length, SCRATCH_AT + 5, 3);
  scratch.writeUIntBE(header.time, SCRATCH_AT + 8, 6);
  scratch.writeUIntBE(header.offset, SCRATCH_AT + 14, 6);
  body.copy(scratch, SCRATCH_AT + RECORD_HEADER_BYTES);
  const end = SCRATCH_AT + RECORD_HEADER_BYTES + body.length;
  // The position's second half stands where the checksum goes.
  scratch.writeUInt32BE(crc32(scratch.subarray(SEED_AT, end)), SCRATCH_AT);
  return scratch.subarray(SCRATCH_AT, end);
};

const SEED_BYTES = 8;
const SEED_AT = 0;
/** Where a record begins, so that its checksum ends where the position does. */
const SCRATCH_AT = SEED_BYTES - 4;
const scratch = Buffer.allocUnsafeSlow(SCRATCH_AT + RECORD_HEADER_BYTES + MAX_BODY_BYTES);

const writeU64 = (target: Buffer, value: number, at: number): void => {
  target.writeUInt32BE(Math.floor(value / 2 ** 32), at);
  target.writeUInt32BE(value % 2 ** 32, at + 4);
};

/** A record's header without a check of its body; undefined when it can't be one. */
export const decodeRecordHeader = (bytes: Buffer): RecordHeader | undefined => {
  const kind = bytes.readUInt8(4);
  const length = bytes.readUIntBE(5, 3);
  const valid =
    (kind === RecordKind.OUTPUT && length > 0 && length <= MAX_BODY_BYTES) ||
    (kind === RecordKind.RESIZE && length === 4) ||
    (kind === RecordKind.EXIT && length === 5);
  return valid
    ? { kind, length, time: bytes.readUIntBE(8, 6), offset: offset(bytes.readUIntBE(14, 6)) }
    : undefined;
};

/** Whether header and body at `position` are what was written there. */
export const isIntact = (position: number, header: Buffer, body: Buffer): boolean =>
  header.readUInt32BE(0) === checksum(position, header, body);

export const decodeRecord = (header: RecordHeader, body: Buffer): JournalRecord => {
  const { offset: at, time } = header;
  switch (header.kind) {
    case RecordKind.RESIZE:
      return { kind: 'resize', offset: at, time, cols: body.readUInt16BE(0), rows: body.readUInt16BE(2) };
    case RecordKind.EXIT:
      return { kind: 'exit', offset: at, time, exitCode: body.readInt32BE(0), signal: body.readUInt8(4) };
    default:
      return { kind: 'output', offset: at, time, data: body };
  }
};

const seed = Buffer.alloc(SEED_BYTES);

const checksum = (position: number, header: Buffer, body: Buffer): number => {
  writeU64(seed, position, 0);
  return crc32(body, crc32(header.subarray(4, RECORD_HEADER_BYTES), crc32(seed)));
};

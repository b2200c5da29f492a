import { type Anchor, decodeRecordHeader, MAX_BODY_BYTES, RECORD_HEADER_BYTES } from './format';
import { RecordReader } from './records';
import type { Ring } from './ring';

/** More than a record takes: where all of it is zero, no record begins. */
const WINDOW_BYTES = 2 * (RECORD_HEADER_BYTES + MAX_BODY_BYTES);
const ZEROS = Buffer.alloc(WINDOW_BYTES);

/**
 * The next whole record behind one that can't be read; undefined where there is none before `limit`. Records are looked for
 * at each byte, as nobody knows where one stands behind such a place.
 * @param from the record that can't be read, and the offset behind what could be: no later record has a smaller one
 * @param anchors records that are known, oldest first
 */
export const wholeBehind = (
  ring: Pick<Ring, 'read'>,
  from: Anchor,
  anchors: readonly Anchor[],
  limit: number,
): Anchor | undefined => {
  const reader = new RecordReader(ring);
  let { position } = from;
  for (const anchor of anchors) {
    if (anchor.position > position && anchor.position < limit) {
      const found =
        search(ring, reader, { ...from, position: position + 1 }, anchor.position) ??
        at(reader, anchor.position, from.offset);
      if (found !== undefined) {
        return { ...found, size: sizeAt(reader, { ...from, position: found.position }, anchor) };
      }
      position = anchor.position;
    }
  }
  const found = search(ring, reader, { ...from, position: position + 1 }, limit);
  return found === undefined ? undefined : { ...found, size: from.size };
};

type Place = Pick<Anchor, 'position' | 'offset'>;

const at = (reader: RecordReader, position: number, least: number, limit = Infinity): Place | undefined => {
  const found = reader.at(position, Math.min(limit, position + RECORD_HEADER_BYTES + MAX_BODY_BYTES));
  return found === undefined || found.record.offset < least
    ? undefined
    : { position, offset: found.record.offset };
};

const search = (
  ring: Pick<Ring, 'read'>,
  reader: RecordReader,
  from: Place,
  limit: number,
): Place | undefined => {
  const window = Buffer.allocUnsafe(WINDOW_BYTES);
  for (let start = from.position; start + RECORD_HEADER_BYTES <= limit; ) {
    const wanted = window.subarray(0, Math.min(WINDOW_BYTES, limit - start));
    const bytes = wanted.subarray(0, ring.read(start, wanted));
    if (bytes.length < RECORD_HEADER_BYTES || bytes.equals(ZEROS.subarray(0, bytes.length))) {
      // Nothing was written here. Behind it are records that are known, if any.
      return undefined;
    }
    const last = bytes.length - RECORD_HEADER_BYTES;
    for (let index = 0; index <= last; index += 1) {
      const header = decodeRecordHeader(bytes.subarray(index));
      const found =
        header !== undefined && header.offset >= from.offset
          ? at(reader, start + index, from.offset, limit)
          : undefined;
      if (found !== undefined) {
        return found;
      }
    }
    start += last + 1;
  }
  return undefined;
};

/** The size in force at a record: that of the next one that is known, unless it was changed in between. */
const sizeAt = (reader: RecordReader, from: Anchor, next: Anchor): Anchor['size'] => {
  for (let { position } = from; position < next.position; ) {
    const found = reader.at(position, next.position);
    if (found === undefined || found.record.kind === 'resize') {
      return from.size;
    }
    position = found.next;
  }
  return next.size;
};

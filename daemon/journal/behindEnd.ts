import type { Offset } from '../protocol/ids';
import { decodeRecordHeader, MAX_BODY_BYTES, RECORD_HEADER_BYTES } from './format';
import { endOf, RecordReader } from './records';
import type { Ring } from './ring';

/** More than a record takes: where all of it is zero, no record begins, and nothing was written behind it. */
const WINDOW_BYTES = 2 * (RECORD_HEADER_BYTES + MAX_BODY_BYTES);
const ZEROS = Buffer.alloc(WINDOW_BYTES);

/**
 * The offset behind the newest whole record that stands between `position` and `limit`, or undefined when there is none.
 * Records are looked for at each byte, as nobody knows where one stands behind a place that can't be read.
 * @param head the offset behind what could be read: no later record has a smaller one
 */
export const newestBehind = (
  ring: Pick<Ring, 'read'>,
  { position, head }: { readonly position: number; readonly head: Offset },
  limit: number,
): Offset | undefined => {
  const reader = new RecordReader(ring);
  const window = Buffer.allocUnsafe(WINDOW_BYTES);
  let newest: Offset | undefined;
  let at = position;
  while (at + RECORD_HEADER_BYTES <= limit) {
    const start = at;
    const wanted = window.subarray(0, Math.min(WINDOW_BYTES, limit - start));
    const bytes = wanted.subarray(0, ring.read(start, wanted));
    if (bytes.length < RECORD_HEADER_BYTES || bytes.equals(ZEROS.subarray(0, bytes.length))) {
      break;
    }
    const end = start + bytes.length - RECORD_HEADER_BYTES;
    while (at <= end) {
      const header = decodeRecordHeader(bytes.subarray(at - start));
      const found = header !== undefined && header.offset >= head ? reader.at(at, limit) : undefined;
      newest = found === undefined ? newest : endOf(found.record);
      at = found?.next ?? at + 1;
    }
  }
  return newest;
};

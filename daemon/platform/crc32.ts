import * as zlib from 'node:zlib';

/**
 * CRC-32 (the one of zip and PNG, polynomial 0xEDB88320), continued from `previous`. zlib's own where the
 * runtime has it (Node 20.15 and 22.2), else a table.
 */
export const crc32: (data: Uint8Array, previous?: number) => number = (() => {
  const native = (zlib as { readonly crc32?: (data: Uint8Array, previous?: number) => number }).crc32;
  return native === undefined
    ? (data, previous) => crc32ByTable(data, previous)
    : (data, previous) => native(data, previous);
})();

export const crc32ByTable = (data: Uint8Array, previous = 0): number => {
  let crc = ~previous;
  for (const byte of data) {
    crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  }
  return ~crc >>> 0;
};

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) {
    value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ 0xedb88320;
  }
  return value;
});

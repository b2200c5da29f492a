import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';

/** 6 bytes: more than the machines and folders of one user ever need. */
const LENGTH = 6;

/**
 * What stands for `text` in the name of a file or socket: the first 12 hex digits of its SHA-256. Not by `node:crypto`,
 * whose loading is a tenth of a short call of the command line.
 */
export const fingerprint = (text: string): string =>
  bytesToHex(sha256(utf8ToBytes(text)).subarray(0, LENGTH));

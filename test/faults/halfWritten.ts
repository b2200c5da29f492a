import fc from 'fast-check';

/** What a disk writes as a whole. */
const SECTOR_BYTES = 512;

/** A file as readers see it, and as its last flush has left it: all that a power cut must leave. */
export interface Written {
  readonly seen: Buffer;
  readonly flushed: Buffer;
}

/** Decisions that a seed gives, one after the other. */
export class Coins {
  private readonly _coins: readonly number[];
  private _tossed = 0;

  public constructor(seed: number) {
    this._coins = fc.sample(fc.nat(255), { seed, numRuns: 4099 });
  }

  /** A whole number from 0, below one that is 256 at most. */
  public toss(below: number): number {
    return (this._coins[this._tossed++ % this._coins.length] ?? 0) % below;
  }
}

/** Of what is not flushed the first half has come to the disk. */
export const half = ({ seen, flushed }: Written): Buffer => {
  const common = Math.min(seen.length, flushed.length);
  return seen.subarray(0, common + Math.floor((seen.length - common) / 2));
};

/** The length has come to the disk, what stands there has not. */
export const lengthAlone = ({ seen, flushed }: Written): Buffer => {
  const bytes = Buffer.alloc(seen.length);
  flushed.copy(bytes);
  return bytes;
};

/** New sectors among old ones, in any order. */
export const mixedSectors = (file: Written, coins: Coins): Buffer => {
  const mixed = lengthAlone(file);
  for (let at = 0; at < file.seen.length; at += SECTOR_BYTES) {
    if (coins.toss(2) === 1) {
      file.seen.copy(mixed, at, at, at + SECTOR_BYTES);
    }
  }
  return mixed;
};

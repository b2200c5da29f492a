import assert from 'node:assert/strict';
import fs, { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { HEADER_BYTES } from '../../daemon/journal/format';
import { Journal } from '../../daemon/journal/journal';
import { JournalReader } from '../../daemon/journal/journalReader';
import { type Offset, offset } from '../../daemon/protocol/ids';
import type { Fault, FaultContext, FaultResult } from './fault';

/** Small, so that it wraps often. */
const CAPACITY = 64 * 1024;
/** What a disk writes as a whole. */
const SECTOR_BYTES = 512;
/** How many mixtures of old and new sectors are tried behind each call. */
const MIXTURES = 3;
const SIZE = { cols: 80, rows: 24 } as const;

/**
 * The power goes behind any system call that writes a journal, with what is not flushed on the disk or not, sector by sector,
 * in any order: what is read then is what was written, whole, and all of it that was flushed and is not written over.
 */
export const journalCut: Fault = {
  name: 'journal-cut',
  title: 'the power is cut between any two system calls that write a journal',
  times: 20,
  run: async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'hf-cut-'));
    try {
      return await run(folder, context);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

type Step = { readonly does: 'output' | 'resize'; readonly length: number } | { readonly does: 'flush' };

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        does: fc.constant('output' as const),
        length: fc.integer({ min: 1, max: 6000 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        does: fc.constant('resize' as const),
        length: fc.integer({ min: 1, max: 200 }),
      }),
    },
    { weight: 2, arbitrary: fc.constant({ does: 'flush' as const }) },
  ),
  { minLength: 40, maxLength: 60 },
);

const run = async (folder: string, { times, seed, say }: FaultContext): Promise<FaultResult> => {
  let cuts = 0;
  let bytes = 0;
  const coins = fc.sample(fc.nat(255), { seed, numRuns: 4099 });
  for (const [time, history] of fc.sample(steps, { seed, numRuns: times }).entries()) {
    const path = join(folder, `${time}.journal`);
    const disk = new RecordedFile(path);
    disk.install();
    let journal: Journal | undefined;
    try {
      journal = new Journal({ path, base: offset(0), size: SIZE, now: 0, capacity: CAPACITY });
      const live = journal;
      let flushed = { head: offset(0), position: 0 };
      const cut = join(folder, 'cut.journal');
      // A journal takes what is thrown at it here for a full disk.
      let problem: unknown;
      disk.onCall = () => {
        try {
          for (const remains of disk.remains(coins)) {
            cuts += 1;
            writeFileSync(cut, remains);
            bytes += check(cut, live, flushed);
          }
        } catch (error) {
          problem ??= error;
        }
      };
      for (const step of history) {
        if (step.does === 'flush') {
          const { head, end } = live;
          await live.sync();
          flushed = { head, position: end.position };
        } else if (step.does === 'resize') {
          live.appendResize({ cols: step.length, rows: 24 }, 1);
        } else {
          live.appendOutput(bytesAt(live.head, step.length), 1);
        }
        if (problem !== undefined) {
          throw problem;
        }
      }
    } finally {
      disk.uninstall();
      journal?.dispose();
    }
  }
  say(`${cuts} cuts`);
  return {
    survived: cuts,
    recoveries: [],
    bytesChecked: bytes,
    notes: ['by sectors of 512 bytes, in any order'],
  };
};

/** Output bytes that say where they are: any loss, shift or mixture shows. */
const bytesAt = (from: number, length: number): Buffer => PATTERN.subarray(from, from + length);

/** More than a history prints. */
const PATTERN = Buffer.alloc(1024 * 1024);
for (let at = 0; at < PATTERN.length; at++) {
  PATTERN[at] = at * 31 + (at >> 8);
}

/** @returns how many bytes were compared */
const check = (
  path: string,
  live: Journal,
  flushed: { readonly head: Offset; readonly position: number },
): number => {
  const reader = JournalReader.open(path);
  if (reader === undefined) {
    assert.equal(flushed.position, 0, 'what was flushed once is a journal');
    return 0;
  }
  try {
    let at: number = reader.tail;
    for (const record of reader.read(reader.tail)) {
      assert.equal(record.offset, at, 'offsets follow each other');
      if (record.kind === 'output') {
        assert.ok(
          record.data.equals(bytesAt(at, record.data.length)),
          `what is read at ${at} was written there`,
        );
        at += record.data.length;
      }
    }
    assert.equal(at, reader.head);
    const { tail } = live;
    // All that is flushed and still there, where it is more than what was written since.
    const position = live.locate(tail).cursor.position;
    const kept = flushed.position - position;
    if (kept > live.end.position - flushed.position && kept > 0) {
      assert.ok(
        reader.tail <= tail && reader.head >= flushed.head,
        `${tail} to ${flushed.head} was flushed, ${reader.tail} to ${reader.head} is read`,
      );
    }
    return at - reader.tail;
  } finally {
    reader.dispose();
  }
};

/** A journal's file as it is read now, and as its last flush has left it. */
class RecordedFile {
  public onCall: () => void = () => undefined;
  private _fd: number | undefined;
  private _tossed = 0;
  private _flushed = Buffer.alloc(0);
  private readonly _originals: (() => void)[] = [];

  public constructor(private readonly _path: string) {}

  /** Begins to listen, for this whole process. */
  public install(): void {
    const { openSync, writeSync, ftruncateSync, fdatasync } = fs;
    this._replace('openSync', ((...args: Parameters<typeof openSync>) => {
      const fd = openSync(...args);
      this._fd ??= args[0] === this._path ? fd : undefined;
      return fd;
    }) as typeof openSync);
    this._replace('ftruncateSync', (fd, length) => {
      ftruncateSync(fd, length);
      this._called(fd);
    });
    this._replace('writeSync', ((...args: Parameters<typeof writeSync>) => {
      const written = writeSync(...args);
      this._called(args[0]);
      return written;
    }) as typeof writeSync);
    this._replace('fdatasync', ((fd: number, done: fs.NoParamCallback) => {
      // What is written while it runs may be on the disk or not.
      const bytes = readFileSync(this._path);
      fdatasync(fd, (error) => {
        this._flushed = bytes;
        done(error);
      });
    }) as typeof fdatasync);
  }

  public uninstall(): void {
    for (const restore of this._originals.splice(0)) {
      restore();
    }
  }

  /** What a cut at this moment could leave. */
  public *remains(coins: readonly number[]): Generator<Buffer> {
    const seen = readFileSync(this._path);
    const old = Buffer.alloc(seen.length);
    this._flushed.copy(old);
    yield seen;
    yield old;
    // The header alone, or all but the header.
    yield Buffer.concat([seen.subarray(0, HEADER_BYTES), old.subarray(HEADER_BYTES)]);
    yield Buffer.concat([old.subarray(0, HEADER_BYTES), seen.subarray(HEADER_BYTES)]);
    for (let mixture = 0; mixture < MIXTURES; mixture++) {
      const mixed = Buffer.from(old);
      for (let at = 0; at < seen.length; at += SECTOR_BYTES) {
        if (((coins[this._tossed++ % coins.length] ?? 0) & 1) === 1) {
          seen.copy(mixed, at, at, at + SECTOR_BYTES);
        }
      }
      yield mixed;
    }
  }

  private _called(fd: number): void {
    if (fd === this._fd) {
      this.onCall();
    }
  }

  private _replace<K extends 'openSync' | 'writeSync' | 'ftruncateSync' | 'fdatasync'>(
    name: K,
    other: (typeof fs)[K],
  ): void {
    const original = fs[name];
    fs[name] = other;
    this._originals.push(() => {
      fs[name] = original;
    });
  }
}

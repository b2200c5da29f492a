import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Journal } from '../../daemon/journal/journal';
import { JournalReader } from '../../daemon/journal/journalReader';
import { type Offset, offset } from '../../daemon/protocol/ids';
import type { Fault, FaultContext, FaultResult } from './fault';
import { Coins } from './halfWritten';
import { inFolder } from './inFolder';
import { RecordedFile } from './recordedFile';

/** Small, so that it wraps often. */
const CAPACITY = 64 * 1024;
const SIZE = { cols: 80, rows: 24 } as const;

/**
 * The power goes behind any system call that writes a journal, with what is not flushed on the disk or not, sector by sector,
 * in any order, and with no file of its name unless the folder was flushed: what is read then is what was written, whole,
 * and all of it that was flushed and is not written over.
 */
export const journalCut: Fault = {
  name: 'journal-cut',
  title: 'the power is cut between any two system calls that write a journal',
  times: 20,
  run: (context) => inFolder((folder) => run(folder, context)),
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
  const coins = new Coins(seed);
  for (const [time, history] of fc.sample(steps, { seed, numRuns: times }).entries()) {
    const path = join(folder, `${time}.journal`);
    const disk = new RecordedFile(path, coins);
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
          for (const remains of disk.remains()) {
            cuts += 1;
            rmSync(cut, { force: true });
            if (remains !== undefined) {
              writeFileSync(cut, remains);
            }
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
    let bytes = 0;
    // All that is flushed and still there, whatever was written since.
    const kept: number = live.tail;
    for (const record of reader.read(reader.tail)) {
      assert.ok(record.offset >= at, `offsets go on: ${record.offset} comes behind ${at}`);
      const isFlushed = at >= kept ? at < flushed.head : record.offset > kept && flushed.head > kept;
      assert.ok(
        record.offset === at || !isFlushed,
        `what is missing between ${at} and ${record.offset} was not flushed; ${kept} to ${flushed.head} was`,
      );
      at = record.offset;
      if (record.kind === 'output') {
        assert.ok(
          record.data.equals(bytesAt(at, record.data.length)),
          `what is read at ${at} was written there`,
        );
        at += record.data.length;
        bytes += record.data.length;
      }
    }
    assert.equal(at, reader.head);
    if (flushed.head > kept) {
      assert.ok(
        reader.tail <= kept && reader.head >= flushed.head,
        `${kept} to ${flushed.head} was flushed, ${reader.tail} to ${reader.head} is read`,
      );
    }
    return bytes;
  } finally {
    reader.dispose();
  }
};

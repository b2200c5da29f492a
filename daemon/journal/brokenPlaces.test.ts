import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { type Offset, offset } from '../protocol/ids';
import type { Size } from '../protocol/model';
import { HEADER_BYTES, type JournalRecord } from './format';
import { Journal } from './journal';
import { JournalReader } from './journalReader';
import { setAsideBroken } from './mending';
import { endOf } from './records';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-broken-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const newPath = (): string => {
  files += 1;
  return join(folder, `${files}.journal`);
};

const CAPACITY = 64 * 1024;
const SIZE = { cols: 80, rows: 24 };
const open = (path: string, base = 0): Journal =>
  new Journal({ path, base: offset(base), size: SIZE, now: 0, capacity: CAPACITY });

const bytesAt = (from: number, length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => (from + index) * 31 + ((from + index) >> 8)));

/** Writes over bytes of the ring. */
const damage = (path: string, position: number, length: number, byte: number): void => {
  const fd = openSync(path, 'r+');
  for (let index = 0; index < length; index += 1) {
    const at = HEADER_BYTES + ((position + index) % CAPACITY);
    writeSync(fd, Buffer.of(byte), 0, 1, at);
  }
  closeSync(fd);
};

interface Written {
  readonly position: number;
  readonly end: number;
  readonly offset: Offset;
  /** Bytes of output; 0 for a resize. */
  readonly length: number;
  /** In force behind it. */
  readonly size: Size;
}

const histories = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 3000 }) },
    { weight: 1, arbitrary: fc.constant(0) },
  ),
  { minLength: 2, maxLength: 60 },
);
const wounds = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  length: fc.integer({ min: 1, max: 5000 }),
  byte: fc.constantFrom(0, 0xa5, 0xff),
});

/** Appends output, and resizes for 0. @returns what is held of it */
const write = (journal: Journal, history: readonly number[]): readonly Written[] => {
  const written: Written[] = [];
  let { size } = journal;
  for (const length of history) {
    const { position } = journal.end;
    const at = journal.head;
    if (length === 0) {
      size = { cols: size.cols + 1, rows: 24 };
      journal.appendResize(size, 1);
    } else {
      journal.appendOutput(bytesAt(at, length), 1);
    }
    written.push({ position, end: journal.end.position, offset: at, length, size });
  }
  const { tail } = journal;
  const oldest = journal.locate(tail).cursor.position;
  return written.filter(({ position }) => position >= oldest);
};

const contentOf = (records: readonly JournalRecord[]): Map<number, string> =>
  new Map(
    records.flatMap((record) =>
      record.kind === 'output'
        ? [...record.data].map((byte, index) => [record.offset + index, String(byte)] as const)
        : [],
    ),
  );

/** Every byte of records that were not touched, and no other than was written. */
const assertRescued = (
  content: ReadonlyMap<number, string>,
  held: readonly Written[],
  isTouched: (record: Written) => boolean,
): void => {
  for (const record of held.filter((each) => each.length > 0 && !isTouched(each))) {
    for (let at = record.offset as number; at < record.offset + record.length; at += 1) {
      assert.ok(content.has(at), `the byte at ${at} is read`);
    }
  }
  for (const [at, byte] of content) {
    assert.equal(byte, String(bytesAt(at, 1)[0]), `the byte at ${at} is what was written`);
  }
};

const overlaps =
  (position: number, length: number) =>
  (record: Written): boolean =>
    record.position < position + length && position < record.end;

describe('a journal with places that can not be read', () => {
  test('is read around them by whoever writes it, from wherever', () => {
    fc.assert(
      fc.property(histories, wounds, (history, wound) => {
        const path = newPath();
        const journal = open(path);
        const held = write(journal, history);
        const first = held[0]?.position ?? 0;
        const position = first + Math.floor((journal.end.position - first) * wound.at);
        const length = Math.min(wound.length, journal.end.position - position);
        damage(path, position, length, wound.byte);
        const records: JournalRecord[] = [];
        let { cursor, size } = journal.locate(journal.tail);
        while (cursor.position < journal.end.position) {
          const found = journal.next(cursor);
          if (found === undefined) {
            const at = records.reduce(
              (most, record) => Math.max(most, endOf(record)),
              journal.tail as number,
            );
            const behind = journal.locate(offset(at));
            assert.ok(behind.cursor.position > cursor.position, 'it goes on');
            ({ cursor, size } = behind);
            continue;
          }
          const { record } = found;
          records.push(record.kind === 'output' ? { ...record, data: Buffer.from(record.data) } : record);
          if (record.kind === 'resize') {
            size = { cols: record.cols, rows: record.rows };
          }
          ({ cursor } = found);
        }
        const isTouched = overlaps(position, length);
        assertRescued(contentOf(records), held, isTouched);
        if (!held.some((record) => record.length === 0 && isTouched(record))) {
          assert.deepEqual(size, journal.size, 'the size in force at the end');
        }
        journal.dispose();
      }),
      { numRuns: 40 },
    );
  });

  test('is read around them when nobody writes it any more, is set aside once, and is gone on with', () => {
    fc.assert(
      fc.property(histories, wounds, wounds, (history, one, other) => {
        const path = newPath();
        const journal = open(path);
        const held = write(journal, history);
        const first = held[0]?.position ?? 0;
        const end = journal.end.position;
        const { head } = journal;
        journal.dispose();
        const touched = [one, other].map((wound) => {
          const position = first + Math.floor((end - first) * wound.at);
          const length = Math.min(wound.length, end - position);
          damage(path, position, length, wound.byte);
          return overlaps(position, length);
        });
        const isTouched = (record: Written): boolean => touched.some((each) => each(record));
        const reader = JournalReader.open(path) ?? assert.fail('it is a journal');
        assertRescued(contentOf([...reader.read(reader.tail)]), held, isTouched);
        const { isBroken, isWhole } = reader;
        const known = reader.head;
        reader.dispose();
        const last = held.findLastIndex((record) => !isTouched(record));
        assert.equal(isWhole, !held.slice(0, last + 1).some(isTouched));
        assert.equal(isBroken, !isWhole);
        assert.equal(setAsideBroken(path) !== undefined, isBroken);
        assert.equal(setAsideBroken(path), undefined, 'once');
        if (last >= 0 && held[last] !== undefined) {
          assert.equal(known, held[last].offset + held[last].length);
        }
        const next = open(path, known);
        assert.ok(known > head || next.head === known);
        next.appendOutput(bytesAt(known, 100), 2);
        next.dispose();
        assert.equal(setAsideBroken(path), undefined, 'nor by what is written behind them');
        const again = JournalReader.open(path) ?? assert.fail('it is a journal');
        const content = contentOf([...again.read(again.tail)]);
        assertRescued(
          content,
          held.filter((record) => record.offset >= again.tail),
          isTouched,
        );
        assert.ok(content.has(known + 99));
        again.dispose();
      }),
      { numRuns: 40 },
    );
  });

  test('tells of each of them once, and sets what the file holds aside', () => {
    const path = newPath();
    const notes: string[] = [];
    const journal = new Journal({
      path,
      base: offset(0),
      size: SIZE,
      now: 0,
      capacity: CAPACITY,
      onNote: (note) => notes.push(note),
    });
    for (let at = 0; at < 10_000; at += 1000) {
      journal.appendOutput(bytesAt(at, 1000), 1);
    }
    damage(path, 2100, 10, 0);
    assert.equal(journal.locate(offset(2500)).offset, 3000);
    assert.equal(journal.locate(offset(2000)).offset, 3000);
    assert.equal(journal.locate(offset(9000)).offset, 9000);
    assert.equal(notes.length, 1);
    assert.match(notes[0] ?? '', /can't be read from offset 2000 to 3000; a copy of it is /);
    const copies = readdirSync(folder).filter((name) => name.startsWith(`${files}.journal.broken-`));
    assert.equal(copies.length, 1);
    journal.dispose();
    assert.equal(setAsideBroken(path), undefined);
  });
});

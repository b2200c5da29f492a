import assert from 'node:assert/strict';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { crc32, crc32ByTable } from '../platform/crc32';
import { offset } from '../protocol/ids';
import { HEADER_BYTES, type JournalRecord, RECORD_HEADER_BYTES } from './format';
import { Journal } from './journal';
import { JournalReader } from './journalReader';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-journal-'));
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

/** Output bytes that say where they are: any loss or shift shows. */
const bytesAt = (from: number, length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => (from + index) * 31 + ((from + index) >> 8)));

const readAll = (reader: JournalReader): JournalRecord[] => [...reader.read(reader.tail)];

const outputOf = (records: readonly JournalRecord[]): Buffer =>
  Buffer.concat(records.map((record) => (record.kind === 'output' ? record.data : Buffer.alloc(0))));

const withReader = <T>(path: string, use: (reader: JournalReader) => T): T => {
  const reader = JournalReader.open(path);
  assert.ok(reader);
  try {
    return use(reader);
  } finally {
    reader.dispose();
  }
};

describe('journal', () => {
  test('the table computes the same checksum as zlib', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        assert.equal(crc32ByTable(b, crc32ByTable(a)), crc32(Buffer.concat([a, b])));
      }),
    );
  });

  test('whatever is appended, dropped and reopened: the newest part is held without a hole, and nothing else', () => {
    type Step = { kind: 'output'; length: number } | { kind: 'resize' | 'exit' | 'reopen' };
    const step: fc.Arbitrary<Step> = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('output' as const),
          length: fc.integer({ min: 1, max: 9000 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constantFrom('resize' as const, 'exit' as const, 'reopen' as const),
        }),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const path = newPath();
        let journal = open(path);
        let head = 0;
        let cols = SIZE.cols;
        let exited = false;
        let time = 0;
        for (const next of steps) {
          time += 1;
          if (next.kind === 'output') {
            journal.appendOutput(bytesAt(head, next.length), time);
            head += next.length;
            exited = false;
          } else if (next.kind === 'resize') {
            cols += 1;
            journal.appendResize({ cols, rows: 24 }, time);
            exited = false;
          } else if (next.kind === 'exit') {
            journal.appendExit(7, 0, time);
            exited = true;
          } else {
            journal.dispose();
            journal = open(path, head);
          }
          assert.equal(journal.head, head);
        }
        const { tail } = journal;
        withReader(path, (reader) => {
          assert.equal(reader.head, head);
          assert.equal(reader.tail, tail);
          assert.equal(reader.size.cols, cols);
          assert.equal(reader.exit?.exitCode, exited ? 7 : undefined);
          assert.deepEqual(outputOf(readAll(reader)), bytesAt(tail, head - tail));
          assert.ok(tail === 0 || head - tail > CAPACITY / 4, 'dropped more than it had to');
          const middle = offset(Math.floor((tail + head) / 2));
          assert.deepEqual(outputOf([...reader.read(middle)]), bytesAt(middle, head - middle));
        });
        const from = offset(Math.floor((tail + head) / 2));
        const pieces: Buffer[] = [];
        for (
          let at = journal.next(journal.locate(from).cursor);
          at !== undefined;
          at = journal.next(at.cursor)
        ) {
          pieces.push(at.record.kind === 'output' ? Buffer.from(at.record.data) : Buffer.alloc(0));
        }
        assert.deepEqual(Buffer.concat(pieces), bytesAt(from, head - from));
        journal.dispose();
        rmSync(path);
      }),
      { numRuns: 150 },
    );
  });

  test('a record that was torn by a kill is ignored, and the one before it is the last', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (length, part) => {
          const path = newPath();
          const journal = open(path);
          journal.appendOutput(bytesAt(0, 1000), 1);
          const end = journal.end.position;
          journal.appendOutput(bytesAt(1000, length), 2);
          journal.dispose();
          const written = RECORD_HEADER_BYTES + length;
          const cut = Math.floor((written - 1) * part);
          const fd = openSync(path, 'r+');
          writeSync(fd, Buffer.alloc(written - cut, 0xff), 0, written - cut, HEADER_BYTES + end + cut);
          closeSync(fd);
          withReader(path, (reader) => {
            assert.equal(reader.head, 1000);
            assert.deepEqual(outputOf(readAll(reader)), bytesAt(0, 1000));
          });
          rmSync(path);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('a torn header slot leaves the other one', () => {
    const path = newPath();
    const journal = open(path);
    for (let head = 0; head < 4 * CAPACITY; head += 1000) {
      journal.appendOutput(bytesAt(head, 1000), 1);
    }
    const { tail, head } = journal;
    journal.dispose();
    for (const slot of [0, 2048]) {
      const intact = readFileSync(path);
      const broken = Buffer.from(intact);
      broken.fill(0, slot, slot + 20);
      writeFileSync(path, broken);
      withReader(path, (reader) => {
        // With the newest slot torn, the older one may name a record that is overwritten: what is whole behind it is found.
        assert.equal(reader.head, head);
        assert.ok(reader.tail <= tail);
        assert.deepEqual(outputOf(readAll(reader)), bytesAt(reader.tail, head - reader.tail));
      });
      writeFileSync(path, intact);
    }
  });

  test('the file is private and sparse, and its size does not change', () => {
    const path = newPath();
    const journal = open(path);
    const before = statSync(path);
    journal.appendOutput(bytesAt(0, 3 * CAPACITY), 1);
    const after = statSync(path);
    journal.dispose();
    assert.equal(before.mode & 0o777, 0o600);
    assert.equal(before.size, HEADER_BYTES + CAPACITY);
    assert.equal(after.size, before.size);
    assert.ok(before.blocks * 512 < before.size);
  });

  test('a journal that does not end at the base starts anew there', () => {
    const path = newPath();
    const first = open(path);
    first.appendOutput(bytesAt(0, 500), 1);
    first.dispose();
    const second = open(path, 800);
    assert.equal(second.tail, 800);
    second.appendOutput(bytesAt(800, 10), 1);
    second.dispose();
    withReader(path, (reader) => assert.deepEqual(outputOf(readAll(reader)), bytesAt(800, 10)));
  });

  test('a reader finds the size in force at its offset, and each change behind it', () => {
    const path = newPath();
    const journal = open(path);
    journal.appendOutput(bytesAt(0, 10), 1);
    journal.appendResize({ cols: 90, rows: 30 }, 2);
    journal.appendResize({ cols: 91, rows: 31 }, 3);
    journal.appendOutput(bytesAt(10, 10), 4);
    journal.appendResize({ cols: 100, rows: 40 }, 5);
    assert.deepEqual(journal.locate(offset(5)).size, SIZE);
    assert.deepEqual(journal.locate(offset(10)).size, { cols: 91, rows: 31 });
    assert.deepEqual(journal.locate(offset(20)).size, { cols: 100, rows: 40 });
    const behind = journal.next(journal.locate(offset(5)).cursor);
    assert.equal(behind?.record.offset, 5);
    journal.dispose();
  });

  test('room says how much can be appended before something not covered is dropped', () => {
    const path = newPath();
    const journal = open(path);
    let head = 0;
    while (journal.room(offset(0)) >= 1000 + RECORD_HEADER_BYTES) {
      journal.appendOutput(bytesAt(head, 1000), 1);
      head += 1000;
    }
    assert.equal(journal.tail, 0);
    journal.appendOutput(bytesAt(head, 1000), 1);
    assert.ok(journal.tail > 0);
    assert.ok(journal.room(journal.head) > CAPACITY / 2);
    journal.dispose();
  });
});

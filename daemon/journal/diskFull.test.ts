import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { offset } from '../protocol/ids';
import { Journal } from './journal';
import { JournalReader } from './journalReader';

const DISK = 1024 * 1024;
const CAPACITY = 4 * DISK;
const PIECE = 32 * 1024;

const bytesAt = (from: number, length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => (from + index) * 31 + ((from + index) >> 8)));

/** Everything a journal still holds, as its readers get it. */
const held = (journal: Journal): Buffer => {
  const pieces: Buffer[] = [];
  let at = journal.next(journal.locate(journal.tail).cursor);
  for (; at !== undefined; at = journal.next(at.cursor)) {
    pieces.push(at.record.kind === 'output' ? Buffer.from(at.record.data) : Buffer.alloc(0));
  }
  return Buffer.concat(pieces);
};

/** A small file system of its own, where the system lets us have one. */
const smallDisk = (): string | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'hf-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    // Not root, or not Linux.
    rmSync(folder, { recursive: true });
    return undefined;
  }
};

test('a journal on a full disk goes on in memory, and is whole in its file once there is room again', (t) => {
  const folder = smallDisk();
  if (folder === undefined) {
    t.skip('needs a file system that can be filled');
    return;
  }
  try {
    const path = join(folder, 'journal');
    const ballast = join(folder, 'ballast');
    writeFileSync(ballast, Buffer.alloc(DISK / 2));
    const notes: string[] = [];
    const journal = new Journal({
      path,
      base: offset(0),
      size: { cols: 80, rows: 24 },
      now: 0,
      capacity: CAPACITY,
      onNote: (note) => notes.push(note),
    });
    let head = 0;
    const append = (pieces: number, time: number): void => {
      for (let piece = 0; piece < pieces; piece += 1, head += PIECE) {
        journal.appendOutput(bytesAt(head, PIECE), time);
      }
    };
    append(24, 10);
    assert.equal(journal.isInMemory, true);
    assert.equal(journal.tail, 0);
    assert.deepEqual(held(journal), bytesAt(0, head));
    assert.equal(journal.toFile(), false);
    // As whoever reads the file would see it, were this process to die now.
    const cut = JournalReader.open(path);
    assert.ok(cut);
    assert.ok(cut.isCut && cut.head > 0 && cut.head < head);
    cut.dispose();
    rmSync(ballast);
    append(2, 100_000);
    assert.equal(journal.isInMemory, false);
    assert.equal(notes.length, 2);
    const reader = JournalReader.open(path);
    assert.ok(reader);
    assert.equal(reader.head, head);
    assert.equal(reader.isCut, false);
    const pieces = [...reader.read(reader.tail)].map((record) =>
      record.kind === 'output' ? record.data : Buffer.alloc(0),
    );
    assert.deepEqual(Buffer.concat(pieces), bytesAt(0, head));
    reader.dispose();

    append(3 * (DISK / PIECE), 100_001);
    assert.equal(journal.isInMemory, true);
    assert.ok(journal.tail > 0 && head - journal.tail > DISK / 2);
    assert.deepEqual(held(journal), bytesAt(journal.tail, head - journal.tail));
    journal.dispose();
  } finally {
    execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true });
  }
});

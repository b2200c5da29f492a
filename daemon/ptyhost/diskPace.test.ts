import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Journal } from '../journal/journal';
import { JournalReader } from '../journal/journalReader';
import { offset } from '../protocol/ids';
import { DiskPace } from './diskPace';
import { until } from './testing/poll';

describe('what terminals write', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hf-pace-'));
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const open = (name: string): Journal =>
    new Journal({ path: join(folder, name), base: offset(0), size: { cols: 80, rows: 24 }, now: 0 });

  it('is brought to the disk within the pace, each time there is something new', async () => {
    const journals = ['a', 'b', 'c'].map(open);
    const pace = new DiskPace(() => journals, 20);
    for (const word of ['first', 'second']) {
      for (const journal of journals) {
        journal.appendOutput(Buffer.from(word), 0);
      }
      assert.ok(journals.every(({ isDirty }) => isDirty));
      await until('all journals to be on the disk', () => journals.every(({ isDirty }) => !isDirty));
    }
    pace.dispose();
    for (const journal of journals) {
      journal.dispose();
    }
  });

  it('may be forgotten while it is on its way there', async () => {
    const journal = open('d');
    journal.appendOutput(Buffer.alloc(1024 * 1024, 'x'), 0);
    const synced = journal.sync();
    const again = journal.sync();
    journal.dispose();
    await Promise.all([synced, again, journal.sync()]);
    const reader = JournalReader.open(join(folder, 'd')) ?? assert.fail('there is no journal');
    assert.equal(reader.head, 1024 * 1024);
    reader.dispose();
  });
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Journal } from '../journal/journal';
import { offset } from '../protocol/ids';
import { Readers } from './readers';
import { type FrameSink, StreamReader } from './streamReader';

const folder = mkdtempSync(join(tmpdir(), 'hf-readers-'));
after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

test('a mirror is sent nothing that the journal does not have; a viewer is sent it first', () => {
  const journal = new Journal({
    path: join(folder, 'journal'),
    base: offset(0),
    size: { cols: 80, rows: 24 },
    now: 0,
  });
  const readers = new Readers(journal, () => undefined);
  const sentAt: Record<string, number[]> = { viewers: [], mirrors: [] };
  for (const of of ['viewers', 'mirrors'] as const) {
    const sent = (): void => void sentAt[of]?.push(journal.head);
    const sink: FrameSink = { isFull: false, write: sent, writeSoon: sent, flush: () => undefined };
    readers.add(
      new StreamReader({ journal, exit: null }, sink, of === 'viewers' ? 'skip' : 'wait', offset(0)),
      of,
    );
  }
  sentAt['viewers'] = [];
  sentAt['mirrors'] = [];
  readers.append(Buffer.alloc(1000, 'x'), 1_000_000);
  readers.append(Buffer.alloc(500, 'y'), 1_000_001);
  assert.deepEqual(sentAt, { viewers: [0, 1000], mirrors: [1000, 1500] });
  readers.dispose();
  journal.dispose();
});

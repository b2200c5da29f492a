import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { newId } from '../platform/secrets';
import type { TerminalId } from '../protocol/ids';
import { HistoryFile } from './historyFile';

const SECOND = 1000;
const ROWS = 2;
/** Small, so that what is asked for stands in several files. */
const SEGMENT_BYTES = 30;

describe('the file of a history', () => {
  let folder: string;
  let file: HistoryFile;
  let now: number;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hf-history-file-'));
    now = performance.now();
    mock.method(performance, 'now', () => now);
    file = new HistoryFile(folder, newId() as TerminalId, SEGMENT_BYTES);
  });
  afterEach(() => {
    file.close();
    mock.restoreAll();
    rmSync(folder, { recursive: true });
  });

  const append = (...lines: readonly string[]): void => {
    for (const line of lines) {
      file.append(line);
      file.flush();
    }
  };

  it('is on the disk before a keyframe counts on it where nothing was brought there for five seconds', () => {
    append('first');
    file.sync();
    append('second');
    now += 6 * SECOND;
    file.flushCalmly();
    assert.equal(file.sumUpTo(file.length, ROWS)?.isFlushed, true);
    append('third');
    now += 3 * SECOND;
    file.flushCalmly();
    assert.equal(file.sumUpTo(file.length, ROWS)?.isFlushed, false);
  });

  it('gives a keyframe that does not wait the lines behind those on the disk, as many as the screen had and one', () => {
    append('on the disk');
    file.sync();
    const from = file.length;
    append('a line of twenty bytes', 'wide 漢字', 'another', 'and one more');
    file.flushCalmly();
    const bridge = (upTo: number): unknown => {
      const sum = file.sumUpTo(upTo, ROWS);
      return sum && [sum.from, sum.isFlushed, sum.bridge];
    };
    assert.deepEqual(bridge(file.length), [from, false, 'a line of twenty bytes\nwide 漢字\nanother\n']);
    const two = from + Buffer.byteLength('a line of twenty bytes\nwide 漢字\n');
    assert.deepEqual(bridge(two), [from, false, 'a line of twenty bytes\nwide 漢字\n']);
  });
});

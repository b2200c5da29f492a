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

  it('is read with the lines that wait to be written, and needs no disk for them', () => {
    const lines = ['zero', 'first', 'second', 'third', 'fourth', 'fifth'];
    const starts: number[] = [];
    for (const [index, line] of lines.entries()) {
      starts.push(file.length);
      file.append(line);
      if (index === 3) {
        file.flush();
      }
    }
    const write = mock.method(file, 'flush', () => assert.fail('it writes'));
    for (const [index, start] of starts.entries()) {
      assert.equal(file.from(start).toString(), `${lines.slice(index).join('\n')}\n`);
    }
    assert.equal(file.from(file.length).toString(), '');
    assert.equal(file.tail(12).lines.toString(), 'fifth\n');
    assert.equal(file.tail(13).lines.toString(), 'fourth\nfifth\n');
    assert.deepEqual(
      [12, 13, 14, 20, 21, 1000].map((bytes) => file.tail(bytes).lines.toString().split('\n').length - 1),
      [1, 2, 2, 3, 3, 6],
    );
    assert.equal(file.tail(1000).isAll, true);
    assert.equal(file.tail(13).isAll, false);
    write.mock.restore();
  });
});

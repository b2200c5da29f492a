import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { newId } from '../platform/secrets';
import type { TerminalId } from '../protocol/ids';
import { HistoryFile } from './historyFile';
import { Mark } from './historyLine';
import { RedrawnLines } from './redrawnLines';

let folder: string;
let file: HistoryFile;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-redrawn-'));
  file = new HistoryFile(folder, newId() as TerminalId);
});
afterEach(() => {
  file.close();
  rmSync(folder, { recursive: true });
});

const line = (number: number): string => `line ${number}, as it was printed`;
const all = (first: number, last: number): readonly string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => line(first + index));

/** @returns what the history holds when it had `kept`, and these were drawn again */
const joined = (kept: readonly string[], drawn: readonly string[]): readonly string[] => {
  for (const each of kept) {
    file.append(each);
  }
  const lines = new RedrawnLines();
  for (const each of drawn) {
    lines.append(each);
  }
  lines.appendTo(file);
  const held: string[] = [];
  file.readBackwards((each) => held.unshift(each.toString()) > 0);
  return held;
};

test('what was drawn again and stands in the history already is not there twice', () => {
  assert.deepEqual(joined(all(1, 900), [...all(1, 100), Mark.GAP, ...all(400, 1000)]), all(1, 1000));
});

test('nor where the history ends soon behind what can not be read', () => {
  assert.deepEqual(joined(all(1, 900), [...all(1, 100), Mark.GAP, ...all(895, 1000)]), all(1, 1000));
});

test('where the history ends in what can not be read, a gap says so', () => {
  assert.deepEqual(joined(all(1, 900), [...all(1, 100), Mark.GAP, ...all(950, 1000)]), [
    ...all(1, 900),
    Mark.GAP,
    ...all(950, 1000),
  ]);
});

test('where nothing was drawn again, what the history lacks is a gap', () => {
  assert.deepEqual(joined(all(1, 3), []), [...all(1, 3), Mark.GAP]);
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ColumnCandidate, editorColumns } from './editorColumns';

const terminal = (last: number | null, more: Partial<ColumnCandidate> = {}): ColumnCandidate => ({
  ...{ name: 'build', isActive: false, isOurs: true },
  ...more,
  last,
});
const tab = (column: number, label = 'build') => ({ label, column });

describe('the editor group of a terminal', () => {
  it('is that of the tab with its name', () => {
    assert.deepEqual(editorColumns([terminal(null), terminal(null, { name: 'test' })], [tab(2, 'test')]), [
      null,
      2,
    ]);
  });

  it('is each its own when two have one name', () => {
    assert.deepEqual(editorColumns([terminal(2), terminal(1)], [tab(1), tab(2)]), [2, 1]);
    assert.deepEqual(editorColumns([terminal(null), terminal(1)], [tab(1)]), [null, 1]);
  });

  it('is followed when groups move up', () => {
    assert.deepEqual(editorColumns([terminal(null), terminal(2)], [tab(1)]), [null, 1]);
  });

  it('is that of the one in front when one of them was moved there', () => {
    assert.deepEqual(editorColumns([terminal(null), terminal(null, { isActive: true })], [tab(1)]), [
      null,
      1,
    ]);
  });

  it('is rather that of another extension’s terminal than of one that we have put into the panel', () => {
    assert.deepEqual(editorColumns([terminal(null), terminal(null, { isOurs: false })], [tab(1)]), [null, 1]);
  });

  it('is the panel once the tab is gone', () => {
    assert.deepEqual(editorColumns([terminal(2)], []), [null]);
  });
});

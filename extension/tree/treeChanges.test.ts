import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Row, rowBeside, TreeChanges } from './treeChanges';

const row = (id: string, look = 'as it was', parent?: string): Row => ({ id, key: id, parent, look });

describe('what of the tree is drawn anew', () => {
  const redraw = (first: readonly Row[], second: readonly Row[]): ReturnType<TreeChanges['update']> => {
    const changes = new TreeChanges();
    changes.update(first);
    return changes.update(second);
  };

  it('is nothing when nothing that is seen has changed', () => {
    assert.deepEqual(redraw([row('a'), row('b')], [row('a'), row('b')]), []);
    assert.deepEqual(new TreeChanges().update([]), []);
  });

  it('is the rows that look different', () => {
    assert.deepEqual(redraw([row('a'), row('b')], [row('a'), row('b', 'ended')]), ['b']);
  });

  it('is everything when a row came, went, moved, or became another to VS Code', () => {
    assert.equal(redraw([row('a')], [row('a'), row('b')]), 'all');
    assert.equal(redraw([row('a'), row('b')], [row('b')]), 'all');
    assert.equal(redraw([row('a'), row('b')], [row('b'), row('a')]), 'all');
    assert.equal(redraw([row('g'), row('a')], [row('g'), row('a', 'as it was', 'g')]), 'all');
    assert.equal(redraw([row('a')], [{ ...row('a'), key: 'a+' }]), 'all');
  });
});

describe('the row that gets the focus when rows go', () => {
  const group = row('group');
  const tree = [
    group,
    row('a', '', 'group'),
    row('b', '', 'group'),
    row('c'),
    row('c/main', '', 'c'),
    row('d'),
  ];
  const next = (...gone: readonly string[]): string | undefined => rowBeside(tree, new Set(gone));

  it('is the next one', () => {
    assert.equal(next('a'), 'b');
    assert.equal(next('b'), 'c');
    assert.equal(next('c'), 'd', 'its terminals go with it');
    assert.equal(next('a', 'c'), 'd');
  });

  it('is the one before when there is no next, unless that may be hidden', () => {
    assert.equal(next('d'), 'c');
    assert.equal(next('c', 'd'), 'group', 'it may be collapsed, so none of its sessions');
    assert.equal(rowBeside([group, row('a', '', 'group'), row('b', '', 'group')], new Set(['b'])), 'a');
    assert.equal(
      rowBeside([group, row('a', '', 'group')], new Set(['a'])),
      undefined,
      'a group goes with its last',
    );
  });
});

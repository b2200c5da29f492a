import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { Layout } from './layout';

describe('where the terminals of a window stand', () => {
  let layout: Layout;
  beforeEach(() => {
    layout = new Layout();
  });

  const inOrder = (...keys: readonly string[]): string =>
    [...keys].sort((a, b) => (layout.of(a)?.rank ?? 0) - (layout.of(b)?.rank ?? 0)).join('');
  const isOneSplit = (...keys: readonly string[]): boolean =>
    new Set(keys.map((key) => layout.of(key)?.split)).size === 1;

  it('is behind the one beside which they were made, before what stands behind that', () => {
    layout.open('a', undefined);
    layout.open('c', undefined);
    layout.open('b', 'a');
    assert.equal(inOrder('a', 'b', 'c'), 'abc');
    assert.ok(isOneSplit('a', 'b'));
    assert.ok(!isOneSplit('a', 'c'));
  });

  it('is beside what is open of their split when they come again', () => {
    layout.open('a', undefined);
    layout.open('b', 'a');
    layout.open('c', undefined);
    layout.close('b');
    assert.equal(layout.neighbour('b'), 'a');
    assert.equal(layout.neighbour('c'), 'c');
    layout.close('c');
    assert.equal(layout.neighbour('c'), undefined);
  });

  it('is a split again when all of it was closed, also without the one that it began with', () => {
    layout.open('a', undefined);
    layout.open('b', 'a');
    layout.open('c', 'b');
    for (const key of ['a', 'b', 'c']) {
      layout.close(key);
    }
    layout.open('b', layout.neighbour('b'));
    layout.open('c', layout.neighbour('c'));
    assert.ok(isOneSplit('b', 'c'));
    assert.equal(inOrder('b', 'c'), 'bc');
  });

  it('is no longer in a split that they have come back beside', () => {
    layout.open('a', undefined);
    layout.open('b', 'a');
    layout.close('a');
    layout.open('a', undefined);
    assert.ok(!isOneSplit('a', 'b'));
  });

  it('is an editor group, and no split, for those that were moved there', () => {
    layout.open('a', undefined);
    layout.open('b', 'a');
    layout.moveTo('b', 2);
    layout.close('b');
    assert.equal(layout.neighbour('b'), undefined);
    assert.equal(layout.of('b')?.column, 2);
  });

  it('is known to the next window, the newest of what was closed', () => {
    for (let number = 0; number < 201; number += 1) {
      layout.open(`t${number}`, number === 200 ? 't199' : undefined);
    }
    assert.deepEqual(layout.left, []);
    for (let number = 0; number < 201; number += 1) {
      layout.close(`t${number}`);
    }
    const { left } = layout;
    assert.equal(left.length, 200);
    const next = new Layout();
    next.recall(left);
    assert.equal(next.of('t0'), undefined);
    next.open('t199', next.neighbour('t199'));
    assert.equal(next.neighbour('t200'), 't199');
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TerminalId } from '../protocol/ids';
import { closesCycle, type Showing } from './nesting';

/** `a>b`: a viewer that runs in `a` shows `b`. */
const showing = (text: string): Showing => {
  const [inside = '', shown = ''] = text.split('>');
  return { inside: inside as TerminalId, shown: shown as TerminalId };
};
const closes = (next: string, ...others: readonly string[]): boolean =>
  closesCycle(showing(next), others.map(showing));

describe('a terminal shown inside itself', () => {
  test('is found at once, behind one other and behind two others', () => {
    assert.equal(closes('a>a'), true);
    assert.equal(closes('a>b', 'b>a'), true);
    assert.equal(closes('a>b', 'b>c', 'c>a'), true);
    assert.equal(closes('a>b', 'b>x', 'b>c', 'c>y', 'c>a'), true);
  });

  test('is not seen in chains that end, nor in a cycle elsewhere', () => {
    assert.equal(closes('a>b'), false);
    assert.equal(closes('a>b', 'b>c', 'd>a', 'a>b'), false);
    assert.equal(closes('a>b', 'b>c', 'c>b'), false);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlushedUpTo } from './flushedUpTo';

test('a later piece counts once those before it are on the disk', () => {
  const flushed = new FlushedUpTo(0);
  const [first, second, third] = [flushed.begun(10), flushed.begun(20), flushed.begun(30)];
  second();
  assert.equal(flushed.position, 0);
  first();
  assert.equal(flushed.position, 20);
  third();
  assert.equal(flushed.position, 30);
});

test('what was taken back meanwhile does not count, whatever was written in its place', () => {
  const flushed = new FlushedUpTo(5);
  const first = flushed.begun(20);
  flushed.cutAt(10);
  assert.equal(flushed.position, 5);
  const second = flushed.begun(30);
  first();
  assert.equal(flushed.position, 10);
  second();
  flushed.cutAt(8);
  assert.equal(flushed.position, 8);
});

test('once all is on the disk, what was under way changes nothing', () => {
  const flushed = new FlushedUpTo(0);
  const first = flushed.begun(10);
  flushed.all(40);
  first();
  assert.equal(flushed.position, 40);
});

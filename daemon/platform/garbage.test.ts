import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectGarbage } from './garbage';

const MEGABYTE = 1024 * 1024;

test('what was let go is collected at once, and again', () => {
  for (let round = 0; round < 2; round++) {
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    let kept: string[][] | undefined = Array.from({ length: 200 }, (_, row) =>
      Array.from({ length: 1000 }, (_item, column) => `${row} ${column} of what is let go`),
    );
    assert.equal(kept.length, 200);
    const held = process.memoryUsage().heapUsed;
    assert.ok(held - before > 5 * MEGABYTE, `${held - before} bytes are held`);
    kept = undefined;
    collectGarbage();
    const after = process.memoryUsage().heapUsed;
    assert.ok(after - before < 2 * MEGABYTE, `${after - before} of ${held - before} bytes are left`);
  }
  assert.equal('gc' in globalThis, false);
});

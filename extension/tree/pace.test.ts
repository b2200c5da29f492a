import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Pace } from './pace';

const REST_MS = 50;

describe('what is asked for at a pace', () => {
  it('is done at once, then once for all that asked during the rest, and then no more', async () => {
    const done: number[] = [];
    const began = performance.now();
    const pace = new Pace(() => done.push(performance.now() - began), REST_MS);
    for (let times = 0; times < 10; times += 1) {
      pace.ask();
    }
    assert.equal(done.length, 1);
    while (done.length < 2) {
      await setTimeout(1);
    }
    // Timers may come a millisecond early.
    assert.ok((done[1] ?? 0) >= REST_MS - 2, `the second came after ${done[1]} ms`);
    await setTimeout(3 * REST_MS);
    assert.equal(done.length, 2);
    pace.ask();
    assert.equal(done.length, 3);
    pace.dispose();
  });

  it('is not done after its end', async () => {
    let done = 0;
    const pace = new Pace(() => {
      done += 1;
    }, REST_MS);
    pace.ask();
    pace.ask();
    pace.dispose();
    pace.ask();
    await setTimeout(2 * REST_MS);
    assert.equal(done, 1);
  });
});

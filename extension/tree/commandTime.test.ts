import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runTime, SHOWN_AFTER_MS, untilNextChange } from './commandTime';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('how long a command runs, in a row', () => {
  const told: readonly (readonly [number, ReturnType<typeof runTime>])[] = [
    [-5000, { unit: 'moment' }],
    [MINUTE - 1, { unit: 'moment' }],
    [MINUTE, { unit: 'minutes', count: 1 }],
    [HOUR - 1, { unit: 'minutes', count: 59 }],
    [HOUR, { unit: 'hours', count: 1 }],
    [DAY - 1, { unit: 'hours', count: 23 }],
    [3 * DAY + HOUR, { unit: 'days', count: 3 }],
  ];
  for (const [ranMs, expected] of told) {
    it(`is told of ${ranMs} ms as ${Object.values(expected).join(' ')}`, () => {
      assert.deepEqual(runTime(ranMs), expected);
    });
  }

  it('is told anew exactly when it reads otherwise, and at most once a minute', () => {
    for (let ranMs = 0, changes = 0; changes < 200; changes += 1) {
      const wait = untilNextChange(ranMs);
      if (ranMs >= SHOWN_AFTER_MS) {
        assert.deepEqual(runTime(ranMs + wait - 1), runTime(ranMs), `just before ${ranMs + wait}`);
        assert.notDeepEqual(runTime(ranMs + wait), runTime(ranMs), `at ${ranMs + wait}`);
      }
      assert.ok(wait >= (ranMs <= SHOWN_AFTER_MS ? SHOWN_AFTER_MS : MINUTE), `${wait} ms after ${ranMs}`);
      ranMs += wait;
    }
    assert.equal(untilNextChange(90_000), 30_000);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TerminalId } from '../protocol/ids';
import { Suspects } from './suspects';

const BAD = 'bad' as TerminalId;
const HOUR = 60 * 60_000;

test('who ends one worker after the other is drawn alone, then not at all, until it is forgotten', () => {
  const suspects = new Suspects();
  const standings = Array.from({ length: 4 }, () => suspects.died(BAD));
  assert.deepEqual(standings, ['together', 'alone', 'alone', 'aside']);
  assert.equal(suspects.standing('other' as TerminalId), 'together');
  suspects.forget(BAD);
  assert.equal(suspects.standing(BAD), 'together');
});

test('a worker that ends now and then is nobody’s fault', () => {
  let now = 0;
  const suspects = new Suspects(() => now);
  for (let time = 0; time < 5; time++) {
    assert.equal(suspects.died(BAD), 'together');
    now += HOUR;
  }
});

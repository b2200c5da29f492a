import assert from 'node:assert/strict';
import { it } from 'node:test';
import { until } from '../testing/poll';
import { mostToRead, noteTyped } from './typing';

it('while somebody types, other terminals are read little at once, and a moment later as usual', async () => {
  const [typed, other] = [{}, {}];
  assert.equal(mostToRead(other, 65_536), 65_536);
  noteTyped(typed);
  assert.equal(mostToRead(other, 65_536), 4096);
  assert.equal(
    mostToRead(typed, 65_536),
    65_536,
    'its own flood is not slowed down by the key that began it',
  );
  await until('all is as usual', () => mostToRead(other, 65_536) === 65_536);
});

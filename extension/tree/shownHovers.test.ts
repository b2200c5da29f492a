import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { ShownHovers } from './shownHovers';

describe('a hover', () => {
  it('draws no row as long as it was not shown, or still says the same', () => {
    const hovers = new ShownHovers(0);
    assert.deepEqual(
      hovers.outdated(() => 'new'),
      [],
    );
    hovers.show('a', 'old');
    assert.deepEqual(
      hovers.outdated(() => 'old'),
      [],
    );
  });

  it('that says something else by now draws its row once it could be read, and only once', async () => {
    const hovers = new ShownHovers(30);
    hovers.show('a', 'old');
    assert.deepEqual(
      hovers.outdated(() => 'new'),
      [],
    );
    await setTimeout(40);
    assert.deepEqual(
      hovers.outdated(() => 'new'),
      ['a'],
    );
    hovers.drawn(['a']);
    assert.deepEqual(
      hovers.outdated(() => 'newer'),
      [],
    );
  });

  it('that had the screen of a program that runs draws its row once it could be read, whatever it says', async () => {
    const hovers = new ShownHovers(30);
    hovers.show('a', 'same', true);
    assert.deepEqual(
      hovers.outdated(() => 'same'),
      [],
    );
    await setTimeout(40);
    assert.deepEqual(
      hovers.outdated(() => 'same'),
      ['a'],
    );
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Deadline } from './deadline';

const never = new Promise<never>(() => undefined);
const late = (): Error => new Error('late');

describe('a deadline', () => {
  it('ends a wait, and each later one at once, also for what is there', async () => {
    const deadline = new Deadline(5);
    await assert.rejects(deadline.wait(never, late), /late/);
    assert.equal(deadline.isOver, true);
    await assert.rejects(deadline.wait(Promise.resolve('there'), late), /late/);
  });

  it('lets what comes in time through, failures too', async () => {
    assert.equal(await new Deadline(60_000).wait(Promise.resolve('there'), late), 'there');
    await assert.rejects(new Deadline(undefined).wait(Promise.reject(new Error('its own')), late), /its own/);
  });

  it('is waited for where nothing else comes', async () => {
    await new Deadline(5).within(never);
  });
});

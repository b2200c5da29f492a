import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { CommandClock } from './commandClock';

const MINUTE = 60_000;
const BEGAN = 1_000_000;

describe('the clock of the commands that are seen', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'], now: BEGAN }));
  afterEach(() => mock.timers.reset());

  /** A clock that is followed anew each time it acts, as the view does, and when it has acted. */
  const followed = (...startedAt: readonly number[]) => {
    const acted: number[] = [];
    const clock = new CommandClock(() => {
      acted.push(Date.now() - BEGAN);
      clock.follow(startedAt);
    });
    clock.follow(startedAt);
    return { clock, acted };
  };
  const pass = (ms: number): void => {
    for (let passed = 0; passed < ms; passed += 1000) {
      mock.timers.tick(1000);
    }
  };

  it('acts once a command is worth telling of, and then once a minute', () => {
    const { clock, acted } = followed(BEGAN);
    pass(3 * MINUTE);
    assert.deepEqual(acted, [2000, MINUTE, 2 * MINUTE, 3 * MINUTE]);
    clock.dispose();
  });

  it('acts for the command whose time reads otherwise first', () => {
    const { clock, acted } = followed(BEGAN - 3 * 60 * MINUTE, BEGAN - MINUTE - 50_000);
    pass(11_000);
    assert.deepEqual(acted, [10_000]);
    clock.dispose();
  });

  it('has no timer while nothing is seen to run, and none after its end', () => {
    const { clock, acted } = followed();
    pass(MINUTE);
    clock.follow([BEGAN]);
    clock.follow([]);
    pass(2 * 60 * MINUTE);
    clock.follow([BEGAN]);
    clock.dispose();
    clock.follow([BEGAN]);
    pass(2 * 60 * MINUTE);
    assert.deepEqual(acted, []);
  });
});

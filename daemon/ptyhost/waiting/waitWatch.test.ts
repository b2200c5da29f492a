import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { setImmediate as asked } from 'node:timers/promises';
import type { Look } from './lookForWait';
import { WaitWatch } from './waitWatch';

const STEP_MS = 100;

describe('what is known of a wait', { skip: process.platform !== 'linux' }, () => {
  let now = 0;
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    mock.method(performance, 'now', () => now);
  });
  afterEach(() => {
    mock.timers.reset();
    mock.restoreAll();
  });

  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      now += STEP_MS;
      mock.timers.tick(STEP_MS);
      // What was asked for is answered.
      await asked();
    }
  };
  const following = (...looks: readonly Look[]) => {
    const told: unknown[] = [];
    let count = 0;
    const watch = new WaitWatch(() => Promise.resolve(looks[Math.min(count++, looks.length - 1)] ?? null));
    watch.onDidChange(() => told.push(watch.waiting));
    watch.stirred();
    return { watch, told, looked: () => count };
  };

  test('stays when the system does not tell in time', async () => {
    const { watch, told, looked } = following('password', 'no-answer', 'password');
    await pass(2000);
    assert.equal(looked(), 3);
    assert.deepEqual(told, ['password']);
    watch.dispose();
  });

  test('is looked at again soon when it seems to be over', async () => {
    const { watch, told } = following('input', null, 'input');
    await pass(1000);
    assert.deepEqual(told, ['input', null]);
    // Not only 1000 ms later, as it would be without.
    await pass(500);
    assert.deepEqual(told, ['input', null, 'input']);
    watch.dispose();
  });

  test('is over with a line that is typed, and not with half a one', async () => {
    let answer: (look: Look) => void = () => undefined;
    const watch = new WaitWatch(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const told: unknown[] = [];
    watch.onDidChange(() => told.push(watch.waiting));
    watch.stirred();
    await pass(500);
    answer('input');
    await asked();
    assert.deepEqual(told, ['input']);
    watch.typed(Buffer.from('half a line'));
    assert.deepEqual(told, ['input']);
    watch.typed(Buffer.from('\r'));
    assert.deepEqual(told, ['input', null]);
    watch.dispose();
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../testing/poll';
import type { Look } from './lookForWait';
import { WaitWatch } from './waitWatch';

describe('what is known of a wait', { skip: process.platform !== 'linux' }, () => {
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
    await until('three looks', () => looked() >= 3);
    assert.deepEqual(told, ['password']);
    watch.dispose();
  });

  test('is looked at again soon when it seems to be over', async () => {
    const { watch, told } = following('input', null, 'input');
    const began = performance.now();
    await until('it to be told again', () => told.length === 3);
    assert.deepEqual(told, ['input', null, 'input']);
    // Without it: at 0.5, 1 and 2 s.
    assert.ok(performance.now() - began < 1900, `${performance.now() - began} ms`);
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
    await until('the first look', () => {
      answer('input');
      return told.length === 1;
    });
    watch.typed(Buffer.from('half a line'));
    assert.deepEqual(told, ['input']);
    watch.typed(Buffer.from('\r'));
    assert.deepEqual(told, ['input', null]);
    watch.dispose();
  });
});

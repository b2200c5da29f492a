import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Queues } from './queues';

describe('queues', () => {
  it("run one key's tasks in order, whatever becomes of each, and other keys' beside them", async () => {
    const queues = new Queues<string>();
    const order: string[] = [];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = queues.run('a', async () => {
      await gate;
      order.push('a1');
      throw new Error('failed');
    });
    const second = queues.run('a', async () => order.push('a2'));
    await queues.run('b', async () => order.push('b'));
    release();
    await assert.rejects(first, /failed/);
    await second;
    assert.deepEqual(order, ['b', 'a1', 'a2']);
    await queues.idle();
  });
});

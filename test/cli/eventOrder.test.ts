import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { DaemonStatus } from '../../daemon/protocol/daemon';
import type { HoldfastEvent } from '../../daemon/protocol/events';
import { Holdfast } from './support/holdfast';
import { until } from './support/until';

describe('events', { skip: process.platform === 'win32' }, () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  test('are listed in the order of their times, also those of a daemon that finds something lost', async () => {
    await holdfast.create('lost', '--', 'cat');
    const { pid, ptyHostPid } = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
    // It would start the next daemon.
    process.kill(ptyHostPid ?? assert.fail(), 'SIGSTOP');
    process.kill(pid, 'SIGKILL');
    process.kill(ptyHostPid ?? assert.fail(), 'SIGKILL');
    await holdfast.untilState('lost', 'lost');
    let events: readonly HoldfastEvent[] = [];
    await until('the start of the second daemon', async () => {
      const { stdout } = await holdfast.run(['--json', 'events']);
      events = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as HoldfastEvent);
      return events.filter(({ event }) => event === 'daemon-started').length === 2;
    });
    assert.ok(events.some(({ event }) => event === 'terminal-lost'));
    const times = events.map(({ time }) => time);
    assert.deepEqual(times, times.toSorted());
  });
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Hello } from '../protocol/hello';
import { HostStatus } from '../protocol/host';
import { until } from '../ptyhost/testing/poll';
import { TestHost } from '../ptyhost/testing/testHost';
import { programsLeft } from './programsLeft';

const CLIENT: Hello['client'] = { kind: 'test', version: '0.0.0', pid: process.pid };

describe('what PTY hosts hold without a daemon', { skip: process.platform === 'win32' }, () => {
  test('is programs that run; one whose programs have all ended holds none', async () => {
    const host = await TestHost.start({});
    try {
      const left = (): Promise<readonly number[]> => programsLeft(join(host.folder, 'data'), CLIENT);
      assert.deepEqual(await left(), [], 'nothing was started in it');
      const { terminal } = await host.spawn(['cat']);
      assert.deepEqual(await left(), [host.process.pid]);
      const { terminals } = await host.peer.call(HostStatus.type, {});
      process.kill(terminals.find(({ id }) => id === terminal)?.pid ?? assert.fail(), 'SIGKILL');
      await until('the end to be seen', async () => (await left()).length === 0);
      assert.equal(host.process.exitCode, null, 'the PTY host lives');
    } finally {
      await host.dispose();
    }
  });

  test('may be programs where one can not be asked', async () => {
    const host = await TestHost.start({});
    try {
      host.process.kill('SIGSTOP');
      const left = await programsLeft(join(host.folder, 'data'), CLIENT);
      assert.deepEqual(left, [host.process.pid]);
    } finally {
      host.process.kill('SIGCONT');
      await host.dispose();
    }
  });
});

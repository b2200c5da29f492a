import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { resolveLocations } from '../../daemon/platform/locations';
import type { DaemonStatus } from '../../daemon/protocol/daemon';
import { LOG_FOLDER, STORE_FILE } from '../../daemon/protocol/endpoint';
import { Holdfast } from './support/holdfast';
import { until } from './support/until';

interface Findings {
  readonly ok: boolean;
  readonly findings: readonly {
    readonly check: string;
    readonly status: string;
    readonly message: string;
    readonly suggestion?: string;
  }[];
}

describe('doctor', { skip: process.platform === 'win32' }, () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  test('tells of a file of the store that was broken and set aside, as the log does', async () => {
    const { dataDir } = resolveLocations(holdfast.env);
    await holdfast.create('kept', '--', 'cat');
    // On leaving, a daemon writes the database file; what it was made from is kept.
    await holdfast.json(['daemon', 'restart']);
    const before = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
    process.kill(before.pid, 'SIGSTOP');
    writeFileSync(path.join(dataDir, STORE_FILE), 'what a failing disk has left of it');
    process.kill(before.pid, 'SIGKILL');
    await until('the next daemon', async () => {
      const status = await holdfast.json<Partial<DaemonStatus.Result>>(['daemon', 'status']);
      return status.pid !== undefined && status.pid !== before.pid;
    });
    const { findings } = await holdfast.json<Findings>(['doctor']);
    const told = findings.find(({ check, status }) => check === 'store' && status === 'warning');
    assert.match(told?.message ?? JSON.stringify(findings), /set aside: /);
    assert.ok(told?.suggestion !== undefined);
    assert.match(readFileSync(path.join(dataDir, LOG_FOLDER, 'daemon.log'), 'utf8'), /warning.*set aside/);
    assert.deepEqual(
      (await holdfast.sessions()).map(({ name, state }) => [name, state]),
      [['kept', 'running']],
    );
  });
});

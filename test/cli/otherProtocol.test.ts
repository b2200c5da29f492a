import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { Connection } from '../../daemon/client/index';
import { resolveLocations } from '../../daemon/platform/locations';
import { processState } from '../../daemon/platform/processIdentity';
import type { DaemonDiagnose, DaemonStatus } from '../../daemon/protocol/daemon';
import { LOG_FOLDER } from '../../daemon/protocol/endpoint';
import type { SessionInfo } from '../../daemon/protocol/model';
import { makeBuild } from '../support/otherBuild';
import { Holdfast, mainTerminal } from './support/holdfast';
import { until } from './support/until';

const NEWER = { version: '99.0.0', protocol: { min: 2, max: 2 } };

describe('a PTY host with which there is no protocol in common', {
  skip: process.platform === 'win32',
}, () => {
  const holdfast = new Holdfast();
  const product = path.join(holdfast.folder, 'newer');
  const newer = new Holdfast(holdfast.env, path.join(product, 'cli.js'));
  const stopped = new Set<number>();
  const resume = (): void => {
    for (const pid of stopped) {
      process.kill(pid, 'SIGCONT');
    }
    stopped.clear();
  };
  after(async () => {
    resume();
    try {
      await newer.dispose();
    } finally {
      await holdfast.dispose();
    }
  });
  const status = (of: Holdfast): Promise<DaemonStatus.Result> => of.json(['daemon', 'status']);
  const log = (): readonly string[] =>
    readFileSync(path.join(resolveLocations(holdfast.env).dataDir, LOG_FOLDER, 'daemon.log'), 'utf8').split(
      '\n',
    );

  test('is said to be newer, with what to do, and nothing leads to its end', async () => {
    makeBuild(product, NEWER, '9'.repeat(16));
    const session = await newer.create('q', '--', 'cat');
    await newer.json(['type', 'q', 'still here', '--enter']);
    const { pid, ptyHostPid } = await status(newer);
    assert.ok(ptyHostPid !== null);
    // Until the older one serves: else the PTY host starts the next daemon itself, one like the last.
    process.kill(ptyHostPid, 'SIGSTOP');
    stopped.add(ptyHostPid);
    process.kill(pid, 'SIGKILL');
    const daemon = await holdfast.json<DaemonStatus.Result>(['daemon', 'start']);
    assert.notEqual(daemon.pid, pid);
    resume();
    await until(
      'the daemon to know whom it has to do with',
      async () => (await status(holdfast)).ptyHosts.some(({ otherProtocol }) => otherProtocol === 'newer'),
      () => status(holdfast),
    );
    const [seen] = await holdfast.sessions();
    assert.equal(seen?.state, 'unreachable');

    for (const call of [
      ['snapshot', 'q'],
      ['type', 'q', 'x'],

      ['spawn', 'q'],
      ['rm', 'q'],
      ['resurrect', 'q'],
    ]) {
      const { message, suggestion } = await holdfast.refused(4, 'SESSION_UNREACHABLE', call, {
        atOnce: true,
      });
      assert.match(
        message,
        /its PTY host is of a newer Holdfast \(99\.0\.0\)|the PTY host of 'q' is of a newer Holdfast \(99\.0\.0\)/,
      );
      assert.doesNotMatch(message, /does not answer/);
      assert.match(suggestion, /Update Holdfast here, or use the newer one/);
      assert.doesNotMatch(suggestion, /wait/i);
    }
    const connection = await Connection.open({ environment: holdfast.env, kind: 'test', start: 'never' });
    try {
      const attach = connection.attach({
        target: { text: 'q' },
        mode: 'interactive',
        size: { cols: 80, rows: 24 },
      });
      await assert.rejects(attach, { code: 'SESSION_UNREACHABLE', message: /newer Holdfast \(99\.0\.0\)/ });
    } finally {
      connection.dispose();
    }
    const { findings } = await holdfast.json<DaemonDiagnose.Result>(['doctor']);
    const [told, ...more] = findings.filter(({ check }) => check === 'pty host');
    assert.deepEqual([told?.status, more], ['warning', []]);
    assert.equal(
      told?.message,
      `process ${ptyHostPid} is of a newer Holdfast (99.0.0), with which this one has no protocol in common`,
    );
    assert.match(told?.suggestion ?? '', /^Its programs run on\. Update Holdfast here/);
    assert.doesNotMatch(JSON.stringify(findings), /kill -9/);
    assert.match(await holdfast.text(['daemon', 'status']), /\(99\.0\.0, newer than the daemon/);
    const lines = log().filter((line) =>
      line.includes(`PTY host ${ptyHostPid} is of a newer Holdfast (99.0.0)`),
    );
    assert.equal(lines.length, 1, 'it is logged once, however often the daemon tries');

    // What doctor says: the daemon ends alone, and the newer one's takes its place.
    const { pid: program } = mainTerminal(session);
    assert.ok(program !== null);
    assert.ok(told?.suggestion?.includes(`'kill ${daemon.pid}' ends the daemon alone`), told?.suggestion);
    process.kill(daemon.pid, 'SIGTERM');
    await until('the older daemon to leave', () => processState(daemon.pid, null) === 'dead');
    await newer.untilState('q', 'running');
    const { session: again } = await newer.json<{ session: SessionInfo }>(['show', 'q']);
    assert.equal(mainTerminal(again).pid, program);
    assert.match(await newer.text(['snapshot', 'q']), /still here/);
  });
});

import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { processState } from '../../daemon/platform/processIdentity';
import { DaemonKeep, DaemonShutdown, DaemonStatus } from '../../daemon/protocol/daemon';
import { HOSTS_FOLDER } from '../../daemon/protocol/endpoint';
import type { WireError } from '../../daemon/protocol/errors';
import type { HostRecord } from '../../daemon/protocol/host';
import {
  SessionCreate,
  SessionKill,
  SessionList,
  SessionRemove,
  SessionRestart,
} from '../../daemon/protocol/sessions';
import { TerminalSpawn } from '../../daemon/protocol/terminals';
import type { RpcPeer } from '../../daemon/transport/rpc';
import { processesWith } from '../support/leaks';
import { poll } from '../support/poll';
import { DIST, TestDaemon } from '../support/testDaemon';

const hostPid = async (peer: RpcPeer): Promise<number> =>
  (await peer.call(DaemonStatus.type, {})).ptyHostPid ?? assert.fail('there is no PTY host');

describe('a PTY host that leaves', { skip: process.platform === 'win32' }, () => {
  let daemon: TestDaemon;
  let peer: RpcPeer;
  before(async () => {
    daemon = await TestDaemon.start();
    peer = await daemon.connect();
  });
  after(() => daemon.dispose());

  it('at the moment a program is wanted is followed by another one, unnoticed', async () => {
    for (const name of ['one', 'two', 'three']) {
      await peer.call(SessionCreate.type, { name: 'before', ...daemon.program(['cat']) });
      await peer.call(SessionKill.type, { target: { text: 'before' } });
      await peer.call(SessionRemove.type, { target: { text: 'before' } });
      const host = await hostPid(peer);
      // Ended with nothing in it, as after its 30 s; the daemon hears of it when the call is on its way already.
      process.kill(host, 'SIGKILL');
      const { session } = await peer.call(SessionCreate.type, { name, ...daemon.program(['cat']) });
      assert.equal(session.state, 'running');
      assert.notEqual(await hostPid(peer), host);
      await peer.call(SessionKill.type, { target: { text: name } });
      await peer.call(SessionRestart.type, { target: { text: name } });
      await peer.call(SessionRemove.type, { target: { text: name }, force: true });
    }
    assert.deepEqual((await peer.call(SessionList.type, { all: true })).sessions, []);
  });
});

describe('a daemon that has been told to end everything', () => {
  it('starts nothing any more, and nothing survives it', async () => {
    const daemon = await TestDaemon.start();
    try {
      const peer = await daemon.connect();
      const other = await daemon.connect();
      await daemon.shell(peer, 'work');
      const creating = Array.from({ length: 4 }, (_, index) =>
        other.call(SessionCreate.type, { name: `early-${index}`, ...daemon.program(['cat']) }),
      );
      const stopping = peer.call(DaemonShutdown.type, { mode: 'force' });
      // On the same connection: these come behind it.
      const late = [
        peer.call(SessionCreate.type, { name: 'late', ...daemon.program(['cat']) }),
        peer.call(TerminalSpawn.type, { target: { text: 'work' }, ...daemon.program(['cat']) }),
        peer.call(SessionRestart.type, { target: { text: 'work' } }),
      ];
      const outcomes = await Promise.allSettled([...creating, ...late]);
      await stopping;
      for (const outcome of outcomes.slice(creating.length)) {
        assert.equal(outcome.status, 'rejected');
        const error = (outcome as PromiseRejectedResult).reason as WireError;
        assert.deepEqual([error.code, error.retryable], ['DAEMON_UNAVAILABLE', true]);
      }
      await poll(() => processesWith(daemon.folder).length === 0, {
        what: 'everything to end',
        state: () => processesWith(daemon.folder),
      });
    } finally {
      await daemon.dispose();
    }
  });
});

describe('a daemon that was told to stay', { skip: process.platform === 'win32' }, () => {
  it('still does when its PTY host has started it again', async () => {
    const daemon = await TestDaemon.start();
    try {
      const peer = await daemon.connect();
      await peer.call(SessionCreate.type, { name: 'work', ...daemon.program(['cat']) });
      await peer.call(DaemonKeep.type, { keep: true });
      const first = await daemon.endpoint();
      process.kill(first.pid, 'SIGKILL');
      await daemon.endpoint(first);
      const again = await daemon.connect();
      assert.equal((await again.call(DaemonStatus.type, {})).keep, true);
      await again.call(DaemonKeep.type, { keep: false });
      assert.equal((await again.call(DaemonStatus.type, {})).keep, false);
    } finally {
      await daemon.dispose();
    }
  });
});

describe('a daemon of another build', { skip: process.platform === 'win32' }, () => {
  it('starts programs in a PTY host of its own, beside the older one until its programs have ended', async () => {
    const daemon = await TestDaemon.start();
    try {
      const peer = await daemon.connect();
      await daemon.shell(peer, 'old');
      const oldHost = await hostPid(peer);
      const newer = join(daemon.folder, 'newer');
      cpSync(DIST, newer, { recursive: true });
      writeFileSync(join(newer, 'build-id'), 'ffffffffffffffff\n');
      const first = await daemon.endpoint();
      await peer.call(DaemonShutdown.type, { mode: 'replace' });
      await poll(() => processState(first.pid, first.startTime) === 'dead', {
        what: 'the old daemon to leave',
      });
      daemon.launchFrom(newer);
      await daemon.endpoint(first);
      const next = await daemon.connect();
      assert.equal((await next.call(DaemonStatus.type, {})).ptyHostPid, null);
      await daemon.type(next, 'old', 'echo still-$((40 + 2))');
      await daemon.screen(next, 'old', (text) => text.includes('still-42'));
      await daemon.shell(next, 'new');
      const { ptyHosts, ptyHostPid } = await next.call(DaemonStatus.type, {});
      assert.equal(ptyHosts.length, 2);
      assert.notEqual(ptyHostPid, oldHost);
      const records = readdirSync(join(daemon.dataDir, HOSTS_FOLDER))
        .filter((name) => name.endsWith('.json'))
        .map(
          (name) => JSON.parse(readFileSync(join(daemon.dataDir, HOSTS_FOLDER, name), 'utf8')) as HostRecord,
        );
      assert.equal(records.find(({ pid }) => pid === ptyHostPid)?.buildId, 'ffffffffffffffff');
      // Started again, its program goes where new ones do.
      await next.call(SessionRestart.type, { target: { text: 'old' } });
      await daemon.screen(next, 'old', (text) => text.includes('restarted'));
      const terminals = (await next.call(DaemonStatus.type, {})).ptyHosts;
      assert.equal(terminals.find(({ pid }) => pid === oldHost)?.terminals ?? 0, 0);
    } finally {
      await daemon.dispose();
    }
  });
});

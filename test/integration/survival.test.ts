import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { processState } from '../../daemon/platform/processIdentity';
import { DaemonDiagnose, DaemonKeep, DaemonShutdown, DaemonStatus } from '../../daemon/protocol/daemon';
import type { EndpointRecord } from '../../daemon/protocol/endpoint';
import { EventsSubscribe, SessionsChanged } from '../../daemon/protocol/events';
import {
  SessionKill,
  SessionList,
  SessionRemove,
  SessionRestart,
  SessionShow,
} from '../../daemon/protocol/sessions';
import {
  type StreamAddress,
  TerminalAttach,
  TerminalOutput,
  TerminalSnapshot,
} from '../../daemon/protocol/terminals';
import type { RpcPeer } from '../../daemon/transport/rpc';
import { poll } from '../support/poll';
import { codeOf, TestDaemon } from '../support/testDaemon';
import { Viewer } from '../support/viewer';

describe('a daemon', () => {
  let daemon: TestDaemon;
  let peer: RpcPeer;
  let first: EndpointRecord;
  const setUp = async (
    environment: Readonly<Record<string, string>> = {},
    ...args: readonly string[]
  ): Promise<void> => {
    daemon = await TestDaemon.start(environment, ...args);
    peer = await daemon.connect();
    first = await daemon.endpoint();
  };
  afterEach(() => daemon.dispose());

  const ptyHost = async (): Promise<number> => (await peer.call(DaemonStatus.type, {})).ptyHostPid as number;

  const variableIsKept = async (name: string): Promise<void> => {
    await daemon.type(peer, name, 'echo "=$KEPT="');
    await daemon.screen(peer, name, (text) => text.includes('=survivor='));
  };

  describe('with running programs', () => {
    beforeEach(async () => {
      await setUp();
      await daemon.shell(peer, 'work');
      await daemon.type(peer, 'work', 'KEPT=survivor; echo "set-$((1+1))"');
      await daemon.screen(peer, 'work', (text) => text.includes('set-2'));
    });

    it('that is killed is started again by the PTY host at once, while viewers go on typing', async () => {
      const { stream } = await peer.call(TerminalAttach.type, {
        target: { text: 'work' },
        mode: 'interactive',
      });
      const viewer = await Viewer.open(stream as StreamAddress);
      const before = await daemon.screen(peer, 'work', () => true);
      process.kill(first.pid, 'SIGKILL');
      const killedAt = Date.now();
      viewer.type('echo typed-$((40+4))\r');
      await viewer.until('typed-44');
      const second = await daemon.endpoint(first);
      // A fraction of a second where nothing else runs; a busy machine is no failure.
      assert.ok(Date.now() - killedAt < 5000, `it took ${Date.now() - killedAt} ms`);
      assert.notEqual(second.pid, first.pid);
      peer = await daemon.connect();
      const screen = await daemon.screen(peer, 'work', (text) => text.includes('typed-44'));
      assert.ok(screen.startsWith(before.trimEnd().slice(0, 40)));
      const { session } = await peer.call(SessionShow.type, { target: { text: 'work' } });
      assert.equal(session?.state, 'running');
      assert.equal(session?.viewers, 1);
      await variableIsKept('work');
      viewer.close();
    });

    it('leaves under them to make room for another, which takes over everything', async () => {
      const host = await ptyHost();
      const { text } = await peer.call(TerminalOutput.type, { target: { text: 'work' } });
      await peer.call(DaemonShutdown.type, { mode: 'replace' });
      await poll(() => processState(first.pid, first.startTime) === 'dead', { what: 'the first to leave' });
      daemon.launch();
      await daemon.endpoint(first);
      peer = await daemon.connect();
      assert.equal(await ptyHost(), host);
      assert.equal((await peer.call(TerminalOutput.type, { target: { text: 'work' } })).text, text);
      await variableIsKept('work');
    });

    it('leaves them alone when the system ends it', async () => {
      process.kill(first.pid, 'SIGTERM');
      await poll(() => processState(first.pid, first.startTime) === 'dead', { what: 'the daemon to leave' });
      daemon.launch();
      await daemon.endpoint(first);
      peer = await daemon.connect();
      await variableIsKept('work');
    });

    it('does not hear SIGHUP', async () => {
      process.kill(first.pid, 'SIGHUP');
      process.kill(await ptyHost(), 'SIGHUP');
      await variableIsKept('work');
      assert.equal((await daemon.endpoint()).pid, first.pid);
    });

    it('refuses to stop, and says why; forced, it ends them first', async () => {
      await assert.rejects(
        peer.call(DaemonShutdown.type, { mode: 'if-idle' }),
        (error: { code: string; details: unknown }) => {
          assert.equal(error.code, 'SESSIONS_RUNNING');
          assert.deepEqual(error.details, { sessions: ['work'], terminals: 1, unreachable: 0 });
          return true;
        },
      );
      const host = await ptyHost();
      assert.deepEqual(await peer.call(DaemonShutdown.type, { mode: 'force' }), {
        pid: first.pid,
        killed: 1,
        survivors: [],
        keep: false,
      });
      await poll(() => processState(first.pid, null) === 'dead' && processState(host, null) === 'dead', {
        what: 'both to leave',
      });
    });

    it('calls what the death of the PTY host took lost, keeps its screen, and starts it again on request', async () => {
      const { session } = await peer.call(SessionShow.type, { target: { text: 'work' } });
      process.kill(await ptyHost(), 'SIGKILL');
      await poll(
        async () => {
          const { sessions } = await peer.call(SessionList.type, {});
          return sessions[0]?.state === 'lost';
        },
        { what: 'the loss' },
      );
      const snapshot = await peer.call(TerminalSnapshot.type, { target: { text: 'work' } });
      assert.match(snapshot.lines.join('\n'), /set-2/);
      assert.equal(snapshot.state, 'lost');
      assert.match((await peer.call(TerminalOutput.type, { target: { text: 'work' } })).text, /set-2/);
      assert.deepEqual((await peer.call(SessionKill.type, { target: { text: 'work' } })).killed, 0);
      const restarted = await peer.call(SessionRestart.type, { target: { text: 'work' } });
      assert.equal(restarted.session.id, session?.id);
      assert.equal(restarted.session.state, 'running');
      await daemon.type(peer, 'work', 'echo again-$((3+3))');
      const screen = await daemon.screen(peer, 'work', (text) => text.includes('again-6'));
      assert.match(screen, /set-2[\s\S]*restarted/);
    });

    it('says within seconds that a PTY host hangs, without being asked, and that it goes on', async () => {
      const states: string[] = [];
      peer.onNotification(SessionsChanged.type, ({ changed }) =>
        states.push(...changed.map((row) => row.state)),
      );
      await peer.call(EventsSubscribe.type, { sessions: true });
      const host = await ptyHost();
      process.kill(host, 'SIGSTOP');
      try {
        await poll(() => states.at(-1) === 'unreachable', {
          what: 'its session to be unreachable',
          timeoutMs: 20_000,
        });
      } finally {
        process.kill(host, 'SIGCONT');
      }
      await poll(() => states.at(-1) === 'running', { what: 'its session to be back', state: () => states });
      assert.deepEqual(
        states.filter((state) => state === 'lost' || state === 'exited'),
        [],
      );
      assert.equal(await ptyHost(), host);
      await variableIsKept('work');
    });

    it('calls unreachable what does not answer, never lost, and finds it again', async () => {
      const host = await ptyHost();
      process.kill(host, 'SIGSTOP');
      process.kill(first.pid, 'SIGKILL');
      await poll(() => processState(first.pid, null) === 'dead', { what: 'the daemon to be gone' });
      try {
        daemon.launch();
        await daemon.endpoint(first);
        peer = await daemon.connect();
        const { sessions } = await peer.call(SessionList.type, {});
        assert.equal(sessions[0]?.state, 'unreachable');
        assert.equal(
          await codeOf(peer, TerminalAttach.type, { target: { text: 'work' }, mode: 'interactive' }),
          'SESSION_UNREACHABLE',
        );
        assert.equal(
          await codeOf(peer, SessionRemove.type, { target: { text: 'work' } }),
          'SESSION_UNREACHABLE',
        );
        assert.equal(await codeOf(peer, DaemonShutdown.type, { mode: 'if-idle' }), 'SESSIONS_RUNNING');
        const { findings } = await peer.call(DaemonDiagnose.type, {});
        const advice = findings.find(({ check }) => check === 'pty host')?.suggestion ?? '';
        assert.match(advice, process.platform === 'linux' ? /kill -CONT/ : /wait first/);
        assert.equal(advice.includes('kill -9'), process.platform !== 'linux', 'nothing that costs programs');
      } finally {
        process.kill(host, 'SIGCONT');
      }
      await poll(
        async () => {
          const { sessions } = await peer.call(SessionList.type, {});
          return sessions[0]?.state === 'running';
        },
        { what: 'the session to be back' },
      );
      await variableIsKept('work');
    });

    it('binds anew when its runtime folder vanishes', async () => {
      rmSync(dirname(first.socket), { recursive: true });
      await daemon.endpoint(first, 15_000);
      const other = await daemon.connect();
      assert.equal((await other.call(SessionList.type, {})).sessions[0]?.name, 'work');
      assert.equal((await peer.call(SessionList.type, {})).sessions[0]?.name, 'work');
      await poll(
        async () => {
          const { stream } = await peer.call(TerminalAttach.type, {
            target: { text: 'work' },
            mode: 'interactive',
          });
          const viewer = await Viewer.open(stream as StreamAddress).catch(() => undefined);
          viewer?.close();
          return viewer !== undefined;
        },
        { what: 'the stream to be served again' },
      );
    });
  });

  it('is one, however many are started at once', async () => {
    await setUp();
    const others = Array.from({ length: 20 }, () => daemon.launch());
    await Promise.all(others.map((child) => new Promise((resolve) => child.once('exit', resolve))));
    assert.deepEqual(
      others.map((child) => child.exitCode),
      others.map(() => 0),
    );
    assert.equal((await daemon.endpoint()).token, first.token);
  });

  it('tells about itself', async () => {
    await setUp();
    const status = await peer.call(DaemonStatus.type, {});
    assert.equal(status.pid, first.pid);
    assert.equal(status.ptyHostPid, null);
    assert.equal(status.socket, first.socket);
    assert.equal(status.dataDir, daemon.dataDir);
    const { findings } = await peer.call(DaemonDiagnose.type, {});
    assert.deepEqual(
      findings.filter(({ status }) => status === 'error'),
      [],
    );
    assert.ok(findings.some(({ check }) => check === 'store'));
  });

  it('leaves by itself when nobody needs it, unless told to stay', async () => {
    // Kept from the beginning: it must not leave before it is connected to.
    await setUp({ HOLDFAST_IDLE_EXIT_MS: '300' }, '--keep');
    await daemon.shell(peer, 'short');
    const host = await ptyHost();
    await peer.call(SessionRemove.type, { target: { text: 'short' }, force: true });
    await peer.call(DaemonKeep.type, { keep: false });
    peer.dispose();
    await poll(() => processState(first.pid, first.startTime) === 'dead', { what: 'the daemon to leave' });
    await poll(() => processState(host, null) === 'dead', { what: 'the PTY host to leave' });
  });
});

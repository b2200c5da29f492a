import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { processState } from '../../daemon/platform/processIdentity';
import {
  SessionCreate,
  SessionKill,
  SessionList,
  SessionRemove,
  SessionShow,
} from '../../daemon/protocol/sessions';
import { type StreamAddress, TerminalAttach } from '../../daemon/protocol/terminals';
import type { RpcPeer } from '../../daemon/transport/rpc';
import { processesWith } from '../support/leaks';
import { poll } from '../support/poll';
import { TestDaemon } from '../support/testDaemon';
import { Viewer } from '../support/viewer';

describe('kill', { skip: process.platform === 'win32' && 'POSIX shells' }, () => {
  let daemon: TestDaemon;
  let peer: RpcPeer;
  before(async () => {
    daemon = await TestDaemon.start({ HOLDFAST_EPHEMERAL_GRACE_MS: '200' });
    peer = await daemon.connect('cli');
  });
  after(() => daemon.dispose());

  const pidIn = (file: string): Promise<number> =>
    poll(
      () => {
        const path = join(daemon.work, file);
        const pid = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
        return pid > 0 && pid;
      },
      { what: `a pid in ${file}` },
    );

  const kill = (text: string, more: Partial<SessionKill.Params> = {}): Promise<SessionKill.Result> =>
    peer.call(SessionKill.type, { target: { text }, ...more });

  const stateOf = async (text: string): Promise<string | undefined> =>
    (await peer.call(SessionShow.type, { target: { text } })).session?.state;

  it('ends an interactive shell with a job that ignores SIGHUP and a pipeline', async () => {
    const { terminals } = await daemon.shell(peer, 'jobs');
    await daemon.type(peer, 'jobs', "(trap '' HUP; echo $BASHPID >deaf; while :; do sleep 1; done) &");
    await daemon.type(peer, 'jobs', 'nohup sleep 1000 >/dev/null 2>&1 & echo $! >nohup');
    await daemon.type(peer, 'jobs', 'sleep 1000 | sleep 1000 | cat & echo $! >pipeline');
    await daemon.type(peer, 'jobs', 'cat /dev/zero | sleep 1000');
    const pids = [await pidIn('deaf'), await pidIn('nohup'), await pidIn('pipeline')];
    const started = Date.now();
    assert.deepEqual(await kill('jobs'), { killed: 1, survivors: [] });
    assert.ok(Date.now() - started < 3500, `it took ${Date.now() - started} ms`);
    for (const pid of pids) {
      assert.equal(processState(pid, null), 'dead');
    }
    assert.deepEqual(processesWith(terminals[0]?.id ?? '?'), []);
    assert.equal(await stateOf('jobs'), 'exited');
    await peer.call(SessionRemove.type, { target: { text: 'jobs' } });
  });

  it('ends what ignores everything that can be ignored, and what is stopped', async () => {
    const script = "trap '' HUP TERM INT; echo $$ >stubborn; while :; do sleep 1; done";
    await peer.call(SessionCreate.type, { name: 'stubborn', ...daemon.program(['bash', '-c', script]) });
    const pid = await pidIn('stubborn');
    const started = Date.now();
    assert.deepEqual(await kill('stubborn'), { killed: 1, survivors: [] });
    const took = Date.now() - started;
    assert.ok(took > 1500 && took < 4000, `it took ${took} ms`);
    assert.equal(processState(pid, null), 'dead');
    const { session } = await peer.call(SessionShow.type, { target: { text: 'stubborn' } });
    assert.equal(session?.terminals[0]?.signal, 'SIGKILL');
    assert.equal(session?.terminals[0]?.exitCode, null);

    await peer.call(SessionCreate.type, {
      name: 'stopped',
      ...daemon.program(['sh', '-c', 'echo $$ >stopped; kill -STOP $$']),
    });
    const stopped = await pidIn('stopped');
    assert.deepEqual(await kill('stopped'), { killed: 1, survivors: [] });
    assert.equal(processState(stopped, null), 'dead');
    for (const text of ['stubborn', 'stopped']) {
      await peer.call(SessionRemove.type, { target: { text } });
    }
  });

  it('begins with the signal that is asked for, and gives each as long as is asked for', async () => {
    const script =
      "trap 'echo interrupted >interrupted; exit 7' INT; trap '' HUP; echo $$ >asked; while :; do sleep 0.05; done";
    await peer.call(SessionCreate.type, { name: 'asked', ...daemon.program(['bash', '-c', script]) });
    await pidIn('asked');
    assert.deepEqual(await kill('asked', { signal: 'int' }), { killed: 1, survivors: [] });
    assert.ok(existsSync(join(daemon.work, 'interrupted')));
    const { session } = await peer.call(SessionShow.type, { target: { text: 'asked' } });
    assert.equal(session?.terminals[0]?.exitCode, 7);
    await peer.call(SessionRemove.type, { target: { text: 'asked' } });

    await peer.call(SessionCreate.type, {
      name: 'impatient',
      ...daemon.program(['bash', '-c', "trap '' HUP TERM; echo $$ >impatient; while :; do sleep 1; done"]),
    });
    await pidIn('impatient');
    const started = Date.now();
    await kill('impatient', { graceMs: 50 });
    assert.ok(Date.now() - started < 1000);
    await peer.call(SessionRemove.type, { target: { text: 'impatient' } });
  });

  it('names what has left the session, and leaves it alone', {
    skip: process.platform !== 'linux' && '/proc',
  }, async () => {
    await daemon.shell(peer, 'leaver');
    // Twice forked: neither a child of the shell nor of its session.
    await daemon.type(peer, 'leaver', 'sh -c \'setsid sh -c "echo \\$\\$ >leaver; exec sleep 1000" & exit\'');
    const pid = await pidIn('leaver');
    await poll(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('sleep'), {
      what: 'its command',
    });
    const { killed, survivors } = await kill('leaver');
    assert.equal(killed, 1);
    assert.deepEqual(survivors, [{ pid, command: 'sleep 1000' }]);
    assert.notEqual(processState(pid, null), 'dead');
    assert.deepEqual((await kill('leaver')).survivors, survivors);
    process.kill(pid, 'SIGKILL');
    await peer.call(SessionRemove.type, { target: { text: 'leaver' } });
  });

  it('names also the descendants of what has left that carry no mark', {
    skip: process.platform !== 'linux' && '/proc',
  }, async () => {
    const leave =
      '(setsid sh -c "trap \\"\\" HUP; env -i sleep 315 & echo \\$! >bare; echo \\$\\$ >marked; exec sleep 316" &)';
    const runs = (pid: number, command: string): Promise<unknown> =>
      poll(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(command), { what: command });
    const inOrder = ({ survivors }: SessionKill.Result): unknown =>
      [...survivors].sort((a, b) => a.command.localeCompare(b.command));
    for (const [name, last] of [
      ['family', 'sleep 314 | cat | cat'],
      ['orphaned', 'exit'],
    ] as const) {
      await daemon.shell(peer, name);
      await daemon.type(peer, name, leave);
      const [bare, marked] = [await pidIn('bare'), await pidIn('marked')];
      try {
        await runs(bare, 'sleep');
        await runs(marked, 'sleep');
        await daemon.type(peer, name, last);
        if (last === 'exit') {
          await poll(async () => (await stateOf(name)) === 'exited', { what: 'the end of the shell' });
        }
        const survivors = [
          { pid: bare, command: 'sleep 315' },
          { pid: marked, command: 'sleep 316' },
        ];
        assert.deepEqual(inOrder(await kill(name, { graceMs: 500 })), survivors);
        assert.deepEqual(inOrder(await kill(name)), survivors);
      } finally {
        process.kill(bare, 'SIGKILL');
        process.kill(marked, 'SIGKILL');
        rmSync(join(daemon.work, 'bare'));
        rmSync(join(daemon.work, 'marked'));
      }
      await peer.call(SessionRemove.type, { target: { text: name } });
    }
  });

  it('is not needed for an ephemeral session: it ends a while after its last viewer has left', async () => {
    await daemon.shell(peer, 'guest', { ephemeral: true });
    const { stream } = await peer.call(TerminalAttach.type, {
      target: { text: 'guest' },
      mode: 'interactive',
    });
    const viewer = await Viewer.open(stream as StreamAddress);
    const attachedAt = Date.now();
    await poll(() => Date.now() - attachedAt > 400, { what: 'a time longer than the grace' });
    assert.equal(await stateOf('guest'), 'running');
    viewer.close();
    await poll(async () => (await stateOf('guest')) === 'exited', { what: 'its end' });
    await peer.call(SessionRemove.type, { target: { text: 'guest' } });
  });

  it('is not needed for a session with a time to live, whatever becomes of the daemon', async () => {
    const before = await daemon.endpoint();
    await daemon.shell(peer, 'mortal', { ephemeral: true, ttlMs: 4000 });
    process.kill(before.pid, 'SIGKILL');
    await daemon.endpoint(before);
    peer = await daemon.connect('cli');
    assert.equal(await stateOf('mortal'), 'running');
    await poll(async () => (await stateOf('mortal')) === 'exited', { what: 'its end' });
    assert.deepEqual((await peer.call(SessionList.type, {})).sessions, []);
    await peer.call(SessionRemove.type, { target: { text: 'mortal' } });
  });
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SessionClaimNotice, TerminalWatch } from '../../daemon/protocol/attention';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { EventHappened, EventsList, EventsSubscribe, SessionsChanged } from '../../daemon/protocol/events';
import type { SessionInfo } from '../../daemon/protocol/model';
import {
  SessionCreate,
  SessionKill,
  SessionList,
  SessionRestart,
  SessionSet,
} from '../../daemon/protocol/sessions';
import { TerminalSpawn } from '../../daemon/protocol/terminals';
import type { RpcPeer } from '../../daemon/transport/rpc';
import { poll } from '../support/poll';
import { TestDaemon } from '../support/testDaemon';

/** Rings as fast as a program can. */
const RING_WITHOUT_END = 'exec python3 -c \'import os\nwhile True: os.write(1, b"\\7" * 10000)\'';

describe('what wants somebody to look', () => {
  let daemon: TestDaemon;
  let peer: RpcPeer;
  before(async () => {
    daemon = await TestDaemon.start();
    peer = await daemon.connect();
  });
  after(() => daemon.dispose());

  const program = (name: string, ...command: readonly string[]): Promise<SessionCreate.Result> =>
    peer.call(SessionCreate.type, { name, ...daemon.program(command) });
  const session = async (name: string): Promise<SessionInfo> => {
    const { sessions } = await peer.call(SessionList.type, { all: true });
    return sessions.find((candidate) => candidate.name === name) ?? assert.fail(name);
  };
  const main = async (name: string) => (await session(name)).terminals[0] ?? assert.fail(name);
  const reasons = async (name: string): Promise<readonly string[]> =>
    ((await main(name)).attention ?? assert.fail()).map(({ reason }) => reason);
  const until = (name: string, ...wanted: readonly string[]): Promise<true> =>
    poll(async () => (await reasons(name)).join() === wanted.join() || undefined, {
      what: `${name} to want a look for: ${wanted.join(' ') || 'nothing'}`,
    });
  /** A bell is not heard within a tenth of a second of the one before. */
  const ringUntilPending = (name: string): Promise<true> =>
    poll(
      async () => {
        await daemon.type(peer, name, "printf '\\a'");
        return (await reasons(name)).includes('bell') || undefined;
      },
      { what: `a bell of ${name}` },
    );
  const claim = async (by: RpcPeer, name: string, reason: SessionClaimNotice.Params['reason']) =>
    (await by.call(SessionClaimNotice.type, { session: (await session(name)).id, reason })).granted;

  it('is a bell, until somebody looks', async () => {
    await daemon.shell(peer, 'ringing');
    assert.deepEqual(await reasons('ringing'), []);
    await daemon.type(peer, 'ringing', "printf '\\a'");
    await until('ringing', 'bell');
    const { id, attention } = await main('ringing');
    assert.ok(Math.abs(Date.now() - (attention?.[0]?.since ?? 0)) < 60_000);
    const window = await daemon.connect('vscode');
    await window.call(TerminalWatch.type, { terminal: id });
    assert.deepEqual(await reasons('ringing'), []);
    window.dispose();
  });

  it('is nothing that happens where somebody looks; who has looked away, or is gone, looks no more', async () => {
    await daemon.shell(peer, 'watched');
    const { id } = await main('watched');
    const window = await daemon.connect('vscode');
    const ring = (): Promise<unknown> => daemon.type(peer, 'watched', "printf '\\a%s\\n' rung-$((1))");
    await window.call(TerminalWatch.type, { terminal: id });
    await ring();
    await daemon.screen(peer, 'watched', (text) => text.includes('rung-1'));
    assert.deepEqual(await reasons('watched'), []);
    await window.call(TerminalWatch.type, { terminal: null });
    await ringUntilPending('watched');
    await window.call(TerminalWatch.type, { terminal: id });
    await until('watched');
    window.dispose();
    await poll(
      async () => {
        await ring();
        return (await reasons('watched')).length > 0 || undefined;
      },
      { what: 'a bell when the window that looked is gone' },
    );
  });

  it('is a command that took a while, with how long it took and how it ended, the longest of several', async () => {
    await program('building', 'bash');
    await poll(async () => (await main('building')).integration === 'active' || undefined, {
      what: 'the shell integration',
    });
    await daemon.type(peer, 'building', 'true; echo short');
    await daemon.screen(peer, 'building', (text) => text.includes('\nshort'));
    await daemon.type(peer, 'building', 'sleep 2; false');
    await until('building', 'command-finished');
    await daemon.type(peer, 'building', 'sleep 1.1; echo second-$((1))');
    await daemon.screen(peer, 'building', (text) => text.includes('second-1'));
    await poll(async () => (await session('building')).commandCount === 3 || undefined, { what: 'its end' });
    const [finished] = (await main('building')).attention ?? [];
    assert.deepEqual([finished?.command, finished?.exitCode], ['sleep 2; false', 1]);
    assert.ok((finished?.durationMs ?? 0) >= 2000 && (finished?.durationMs ?? 0) < 20_000);
  });

  const ENDS: readonly (readonly [what: string, command: readonly string[], wanted: readonly string[]])[] = [
    ['a program that ends with another status than 0', ['sh', '-c', 'exit 3'], ['failed']],
    ['a program that crashes', ['sh', '-c', 'kill -SEGV $$'], ['failed']],
    ['no program that ends well', ['true'], []],
    ['no program that is sent away by a signal', ['sh', '-c', 'kill -TERM $$'], []],
  ];
  for (const [index, [what, command, wanted]] of ENDS.entries()) {
    it(`is ${what}`, async () => {
      const name = `ends-${index}`;
      await program(name, ...command);
      await poll(async () => (await session(name)).state === 'exited' || undefined, { what: 'its end' });
      await until(name, ...wanted);
    });
  }

  it('is a bell of a program that rings as soon as it starts, also where another one has wanted a look before', async () => {
    const early = ['sh', '-c', 'printf "\\a"; exec sleep 1000'];
    const names = Array.from({ length: 12 }, (_, index) => `early-${index}`);
    await Promise.all(names.map((name) => program(name, ...early)));
    for (const name of names) {
      await until(name, 'bell');
    }
    const flag = join(mkdtempSync(join(tmpdir(), 'hf-attention-')), 'flag');
    await program(
      'again',
      'sh',
      '-c',
      `[ -e ${flag} ] && exec sleep 1000; : > ${flag}; printf "\\a"; exit 3`,
    );
    await until('again', 'bell', 'failed');
    await peer.call(SessionRestart.type, { target: { text: 'again', explicit: true } });
    await until('again');
    rmSync(dirname(flag), { recursive: true });
  });

  it('is no program that somebody has killed or started again, however it ends', async () => {
    const stubborn = ['sh', '-c', 'trap "exit 7" HUP; echo ready; while :; do sleep 0.1; done'];
    await program('killed', ...stubborn);
    await daemon.screen(peer, 'killed', (text) => text.includes('ready'));
    await peer.call(SessionRestart.type, { target: { text: 'killed', explicit: true } });
    await daemon.screen(peer, 'killed', (text) => text.split('ready').length === 3);
    assert.deepEqual(await reasons('killed'), []);
    await peer.call(SessionKill.type, { target: { text: 'killed', explicit: true } });
    assert.deepEqual([(await main('killed')).exitCode, await reasons('killed')], [7, []]);
  });

  it('is a program that waits for an answer or a password, as long as it does', async () => {
    await daemon.shell(peer, 'asking');
    assert.equal((await main('asking')).waiting, null);
    await daemon.type(peer, 'asking', 'read -s; read');
    await until('asking', 'password');
    assert.equal((await main('asking')).waiting, 'password');
    await daemon.type(peer, 'asking', 'secret');
    await until('asking', 'input');
    await daemon.type(peer, 'asking', 'answer');
    await until('asking');
    assert.equal((await main('asking')).waiting, null);
  });

  it('is still known to wait by the daemon that takes over', async () => {
    await program('survivor', 'sh', '-c', 'printf "Name: "; read name');
    await until('survivor', 'input');
    const before = await daemon.endpoint();
    process.kill(before.pid, 'SIGKILL');
    await daemon.endpoint(before);
    peer = await daemon.connect();
    await until('survivor', 'input');
    assert.equal((await main('survivor')).waiting, 'input');
  });

  it('is notified of by one client, once, until somebody has looked; not where nobody wants that', async () => {
    await daemon.shell(peer, 'noticed');
    const [one, other] = [await daemon.connect('vscode'), await daemon.connect('vscode')];
    assert.equal(await claim(one, 'noticed', 'bell'), false, 'nothing is pending');
    const ring = (): Promise<true> => ringUntilPending('noticed');
    await ring();
    const granted = await Promise.all([one, other].map((client) => claim(client, 'noticed', 'bell')));
    assert.deepEqual(granted.toSorted(), [false, true]);
    await peer.call(TerminalSpawn.type, {
      target: { text: 'noticed' },
      name: 'second',
      ...daemon.program(['sh', '-c', "printf '\\a'; exec sleep 1000"]),
    });
    await poll(async () => (await session('noticed')).terminals[1]?.attention?.length === 1 || undefined, {
      what: 'the second bell',
    });
    await one.call(TerminalWatch.type, { terminal: (await main('noticed')).id });
    await one.call(TerminalWatch.type, { terminal: null });
    assert.equal(await claim(one, 'noticed', 'bell'), true, 'somebody has looked meanwhile');
    await one.call(TerminalWatch.type, { terminal: (await main('noticed')).id });
    await one.call(TerminalWatch.type, { terminal: null });
    const { session: quiet } = await peer.call(SessionSet.type, {
      target: { text: 'noticed' },
      quiet: true,
    });
    assert.equal(quiet.quiet, true);
    await ring();
    assert.equal(await claim(one, 'noticed', 'bell'), false, 'it is quiet');
    one.dispose();
    other.dispose();
  });

  it('is told once, and kept in a line, however often a program rings', async () => {
    const told: string[] = [];
    let changes = 0;
    const watcher = await daemon.connect('vscode');
    const { session: flood } = await program('flood', 'sh', '-c', RING_WITHOUT_END);
    watcher.onNotification(EventHappened.type, ({ event, session: id }) => {
      if (id === flood.id) {
        told.push(event);
      }
    });
    watcher.onNotification(SessionsChanged.type, ({ changed }) => {
      changes += changed.filter(({ id }) => id === flood.id).length;
    });
    await watcher.call(EventsSubscribe.type, { events: true, of: [flood.id] });
    await until('flood', 'bell');
    await sleep(5000);
    const bells = told.filter((event) => event === 'bell').length;
    assert.ok(bells >= 3 && bells <= 7, `${bells} bells told in 5 s`);
    assert.ok(told.filter((event) => event === 'attention').length <= 1, told.join(' '));
    assert.ok(changes <= 5, `${changes} changes told`);
    const kept = (await peer.call(EventsList.type, { session: flood.id })).events;
    assert.equal(kept.filter(({ event }) => event === 'bell').length, 1);
    await peer.call(SessionKill.type, { target: { text: 'flood', explicit: true } });
    watcher.dispose();
  });

  // The last one: it ends every program.
  it('is no program that waited and is lost', async () => {
    await program('doomed', 'sh', '-c', 'printf "Name: "; read name');
    await until('doomed', 'input');
    const { ptyHostPid } = await peer.call(DaemonStatus.type, {});
    process.kill(ptyHostPid ?? assert.fail('there is no PTY host'), 'SIGKILL');
    await poll(async () => (await session('doomed')).state === 'lost' || undefined, { what: 'the loss' });
    await until('doomed');
  });
});

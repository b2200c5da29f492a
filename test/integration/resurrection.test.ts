import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { processState } from '../../daemon/platform/processIdentity';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { EventsList } from '../../daemon/protocol/events';
import { offset } from '../../daemon/protocol/ids';
import type { SessionInfo } from '../../daemon/protocol/model';
import {
  SessionCreate,
  SessionList,
  SessionLossAnswered,
  SessionOfferLost,
  SessionRestart,
  SessionResurrect,
  SessionResurrectAll,
  SessionSet,
} from '../../daemon/protocol/sessions';
import { TerminalOutput, TerminalSnapshot, TerminalSpawn } from '../../daemon/protocol/terminals';
import type { RpcPeer } from '../../daemon/transport/rpc';
import { poll } from '../support/poll';
import { codeOf, TestDaemon } from '../support/testDaemon';

describe('what the death of a PTY host took', { skip: process.platform === 'win32' }, () => {
  let daemon: TestDaemon;
  let peer: RpcPeer;

  beforeEach(async () => {
    daemon = await TestDaemon.start();
    peer = await daemon.connect();
  });
  afterEach(() => daemon.dispose());

  const target = (text: string): { target: { text: string } } => ({ target: { text } });
  const session = async (name: string): Promise<SessionInfo> => {
    const { sessions } = await peer.call(SessionList.type, { all: true });
    return sessions.find((each) => each.name === name) ?? assert.fail(`there is no ${name}`);
  };
  const create = async (name: string, ...command: string[]): Promise<SessionInfo> =>
    (await peer.call(SessionCreate.type, { name, ...daemon.program(command) })).session;
  const killHost = async (): Promise<void> => {
    const { ptyHostPid } = await peer.call(DaemonStatus.type, {});
    process.kill(ptyHostPid ?? assert.fail('there is no PTY host'), 'SIGKILL');
  };
  const until = (name: string, is: (info: SessionInfo) => boolean): Promise<SessionInfo> =>
    poll(
      async () => {
        const info = await session(name);
        return is(info) ? info : undefined;
      },
      { what: `what becomes of ${name}`, state: () => session(name) },
    );
  const lose = async (name: string): Promise<SessionInfo> => {
    await killHost();
    return until(name, ({ state }) => state === 'lost');
  };
  /** Whether a text stands in what the store has written since it was opened. */
  const storeHas = (text: string): boolean =>
    readdirSync(daemon.dataDir)
      .filter((name) => name.startsWith('holdfast.log.'))
      .some((name) => readFileSync(join(daemon.dataDir, name), 'utf8').includes(text));
  const offered = async (client: RpcPeer): Promise<readonly string[]> =>
    (await client.call(SessionOfferLost.type, {})).sessions.map(({ name }) => name);

  it('comes back as a shell in the last folder, under the old screen: ids stay, offsets go on', async () => {
    const before = await daemon.shell(peer, 'work');
    const deep = join(daemon.work, 'deep');
    mkdirSync(deep);
    await daemon.type(peer, 'work', 'cd deep; KEPT=gone; echo "then-$((1+1))"');
    await poll(() => storeHas(deep), { what: 'the folder to be stored' });
    await daemon.screen(peer, 'work', (text) => /then-2\nready>/.test(text));
    const lost = await lose('work');
    assert.equal(lost.loss, 'unanswered');
    const all = { ansi: true, since: offset(0) };
    const old = await peer.call(TerminalOutput.type, { ...target('work'), ...all });
    assert.match(Buffer.from(old.text, 'base64').toString(), /then-2/);

    const { session: back } = await peer.call(SessionResurrect.type, target('work'));
    assert.deepEqual(
      [back.id, back.state, back.loss, back.terminals[0]?.id, back.terminals[0]?.command],
      [before.id, 'running', null, before.terminals[0]?.id, before.terminals[0]?.command],
    );
    // What is typed before there is a prompt is echoed in front of it.
    await daemon.screen(peer, 'work', (text) => /resurrected .*\nready>/.test(text));
    await daemon.type(peer, 'work', 'echo "<$KEPT> $PWD $HOLDFAST_SESSION"');
    const screen = await daemon.screen(peer, 'work', (text) => text.includes(`<> ${deep} ${before.id}`));
    assert.match(screen, /then-2\n(.*\n)?--- resurrected [-0-9]{10} [:0-9]{8} ---\nready>/);
    const since = await peer.call(TerminalOutput.type, { ...target('work'), ansi: true, since: old.offset });
    assert.equal(since.from, old.offset);
    assert.match(Buffer.from(since.text, 'base64').toString(), /ready> echo/);
  });

  it('leaves an alternate screen as text, its modes reset; a shell stands in for the program until that is asked for', async () => {
    const program = 'echo before; printf "\\033[?1049h\\033[?1000h\\033[?25lfull screen"; exec cat';
    await create('full', 'sh', '-c', program);
    await daemon.screen(peer, 'full', (text) => text.includes('full screen'));
    const [terminal] = (await lose('full')).terminals;
    const { session: back } = await peer.call(SessionResurrect.type, target('full'));
    assert.notDeepEqual(back.terminals[0]?.command, terminal?.command);
    const { lines, buffer, modes, cursor } = await peer.call(TerminalSnapshot.type, target('full'));
    assert.equal(buffer, 'normal');
    assert.match(
      lines.join('\n'),
      /before\n+full screen\n--- resurrected.*\n--- 'holdfast restart full' starts sh -c/,
    );
    assert.equal(cursor.visible, true);
    assert.doesNotMatch(JSON.stringify(modes), /"mouse(Tracking)?":"(?!none|off)/);

    await lose('full');
    const { session: again } = await peer.call(SessionResurrect.type, { ...target('full'), run: true });
    assert.deepEqual(again.terminals[0]?.command, terminal?.command);
    await daemon.screen(peer, 'full', (text) => text.includes('full screen'));
    await lose('full');
    const { sessions, failed } = await peer.call(SessionResurrectAll.type, {});
    assert.deepEqual([sessions.map(({ name }) => name), failed], [['full'], []]);
    const { session: restarted } = await peer.call(SessionRestart.type, target('full'));
    assert.deepEqual(restarted.terminals[0]?.command, terminal?.command);
  });

  it('is told, where there are several terminals, how the program of each is started alone', async () => {
    await create('multi', 'cat');
    await peer.call(TerminalSpawn.type, { ...target('multi'), name: 'second', ...daemon.program(['cat']) });
    await lose('multi');
    await peer.call(SessionResurrect.type, target('multi'));
    const { lines } = await peer.call(TerminalSnapshot.type, target('multi:second'));
    assert.match(lines.join('\n'), /--- 'holdfast restart multi:second' starts cat/);
  });

  it('is refused where nothing is lost, where it may live, and where somebody said never', async () => {
    await create('never', 'cat');
    await create('other', 'cat');
    await create('ended', 'true');
    await until('ended', ({ state }) => state === 'exited');
    assert.equal(await codeOf(peer, SessionResurrect.type, target('other')), 'SESSION_RUNNING');
    assert.equal(await codeOf(peer, SessionResurrect.type, target('ended')), 'SESSION_EXITED');
    assert.equal(await codeOf(peer, SessionResurrect.type, target('nobody')), 'SESSION_NOT_FOUND');
    await peer.call(SessionSet.type, { ...target('never'), resurrect: 'never' });
    const lost = await lose('never');
    assert.equal(lost.loss, 'left-alone');
    assert.equal(await codeOf(peer, SessionResurrect.type, target('never')), 'RESURRECT_NEVER');
    assert.deepEqual(
      (await peer.call(SessionResurrectAll.type, {})).sessions.map(({ name }) => name),
      ['other'],
    );
    assert.equal((await session('never')).state, 'lost');
    assert.equal((await peer.call(SessionRestart.type, target('never'))).session.state, 'running');
  });

  it('says which of all could not be started, and starts the others', async () => {
    await create('good', 'cat');
    const gone = join(daemon.folder, 'gone');
    mkdirSync(gone);
    await peer.call(SessionCreate.type, { name: 'homeless', ...daemon.program(['cat']), cwd: gone });
    await lose('good');
    rmSync(gone, { recursive: true });
    const { sessions, failed } = await peer.call(SessionResurrectAll.type, { run: true });
    assert.deepEqual(
      [sessions.map(({ name }) => name), failed.map((each) => [each.session, each.error.code])],
      [['good'], [['homeless', 'CWD_NOT_FOUND']]],
    );
    const { session: back } = await peer.call(SessionResurrect.type, target('homeless'));
    assert.notEqual(back.terminals[0]?.cwd, gone);
    await daemon.screen(peer, 'homeless', (text) => text.includes('gone is gone: this is'));
  });

  it('comes back by itself where the policy says so, and not again and again', async () => {
    await create('shell', 'sh', '-c', 'echo ran; exec cat');
    await create('program', 'sh', '-c', 'echo ran; exec cat');
    await create('asked', 'cat');
    await peer.call(SessionSet.type, { ...target('shell'), resurrect: 'shell' });
    await peer.call(SessionSet.type, { ...target('program'), resurrect: 'program' });
    await lose('asked');
    for (const name of ['shell', 'program']) {
      await until(name, ({ state, loss }) => state === 'running' && loss === null);
    }
    const commands = async (): Promise<readonly (readonly string[] | undefined)[]> =>
      Promise.all(
        ['shell', 'program'].map(async (name) => (await session(name)).terminals[0]?.command.slice(1, 2)),
      );
    assert.deepEqual((await commands())[1], ['-c']);
    assert.notDeepEqual((await commands())[0], ['-c']);
    const { events } = await peer.call(EventsList.type, {});
    assert.deepEqual(
      events
        .filter(({ details }) => details?.['by'] === 'policy')
        .map(({ name, details }) => [name, details?.['resurrected']]),
      [
        ['shell', 'shell'],
        ['program', 'program'],
      ],
    );
    assert.deepEqual(await offered(peer), ['asked']);

    await killHost();
    for (const name of ['shell', 'program']) {
      await until(name, ({ state, loss }) => state === 'lost' && loss === 'unanswered');
    }
    assert.deepEqual([...(await offered(peer))].sort(), ['program', 'shell']);
  });

  it('is offered by one client at a time until somebody has answered, also to the next daemon', async () => {
    const { id } = await create('one', 'cat');
    await lose('one');
    const other = await daemon.connect();
    const first = await daemon.connect();
    assert.deepEqual([await offered(first), await offered(first), await offered(other)], [['one'], [], []]);
    first.dispose();
    const again = await poll(
      async () => {
        const names = await offered(other);
        return names.length > 0 ? names : undefined;
      },
      { what: 'the offer to be free again' },
    );
    assert.deepEqual(again, ['one']);
    await other.call(SessionLossAnswered.type, { sessions: [id] });
    assert.equal((await session('one')).loss, 'answered');
    const before = await daemon.endpoint();
    process.kill(before.pid, 'SIGKILL');
    await poll(() => processState(before.pid, null) === 'dead', { what: 'the daemon to be gone' });
    daemon.launch();
    await daemon.endpoint(before);
    peer = await daemon.connect();
    assert.deepEqual(await offered(peer), []);
    await peer.call(SessionResurrect.type, target('one'));
    await lose('one');
    assert.deepEqual(await offered(peer), ['one'], 'another loss is another question');
  });
});

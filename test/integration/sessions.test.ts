import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { HoldfastError } from '../../daemon/protocol/errors';
import type { SessionId } from '../../daemon/protocol/ids';
import type { SessionInfo } from '../../daemon/protocol/model';
import {
  SessionArrange,
  SessionArrangeGroups,
  SessionCreate,
  SessionKill,
  SessionList,
  SessionRemove,
  SessionRename,
  SessionRestart,
  SessionSet,
  SessionShow,
} from '../../daemon/protocol/sessions';
import { TerminalSpawn } from '../../daemon/protocol/terminals';
import type { RpcPeer } from '../../daemon/transport/rpc';
import { codeOf, TestDaemon } from '../support/testDaemon';

describe('sessions', () => {
  let daemon: TestDaemon;
  let peer: RpcPeer;
  before(async () => {
    daemon = await TestDaemon.start();
    peer = await daemon.connect('cli');
  });
  after(() => daemon.dispose());

  const names = async (params: SessionList.Params = {}): Promise<readonly string[]> =>
    (await peer.call(SessionList.type, params)).sessions.map((session) => session.name);

  it('are listed as JSON text for who only hands it on', async () => {
    const { id } = await daemon.shell(peer, 'handed-on', { note: 'snow ☃ and "quotes"' });
    const { sessions, sessionsBytes } = await peer.call(SessionList.type, { bytes: true });
    assert.deepEqual(sessions, []);
    const [told] = JSON.parse(Buffer.from(sessionsBytes ?? []).toString()) as SessionInfo[];
    const [known] = (await peer.call(SessionList.type, {})).sessions;
    const comparable = (info: SessionInfo | undefined): unknown => ({
      ...info,
      terminals: info?.terminals.map((terminal) => ({ ...terminal, idleMs: 0 })),
    });
    assert.deepEqual(comparable(told), comparable(known));
    await peer.call(SessionRemove.type, { target: { text: id }, force: true });
  });

  it('are created with a terminal that runs, listed, shown, killed and removed', async () => {
    const session = await daemon.shell(peer, 'first', {
      group: 'work',
      tags: ['a', 'a', 'b'],
      note: 'hello',
    });
    assert.equal(session.state, 'running');
    assert.equal(session.group, 'work');
    assert.deepEqual(session.tags, ['a', 'b']);
    assert.equal(session.kind, 'persistent');
    const [main] = session.terminals;
    assert.equal(main?.name, 'main');
    assert.deepEqual(main?.command, ['bash', '--norc', '--noprofile', '-i']);
    assert.deepEqual([main?.cols, main?.rows], [80, 24]);
    assert.deepEqual(await names(), ['first']);
    assert.deepEqual(await names({ filter: 'WOR' }), ['first']);
    assert.deepEqual(await names({ group: 'play' }), []);

    const shown = await peer.call(SessionShow.type, { target: { text: session.id.slice(0, 6) } });
    assert.equal(shown.session?.name, 'first');
    assert.ok((shown.session?.resources.processes ?? 0) >= 1);
    const terminal = await peer.call(SessionShow.type, { target: { text: 'first:main' } });
    assert.equal(terminal.terminal?.pid, main?.pid);
    assert.equal(terminal.terminal?.foreground, 'bash');

    assert.equal(await codeOf(peer, SessionRemove.type, { target: { text: 'first' } }), 'SESSION_RUNNING');
    const started = Date.now();
    assert.deepEqual(await peer.call(SessionKill.type, { target: { text: 'first' } }), {
      killed: 1,
      survivors: [],
    });
    assert.ok(Date.now() - started < 1000, `a shell ends at once, not after ${Date.now() - started} ms`);
    assert.deepEqual(await peer.call(SessionKill.type, { target: { text: 'first' } }), {
      killed: 0,
      survivors: [],
    });
    assert.deepEqual(await names(), []);
    assert.deepEqual(await names({ all: true }), ['first']);
    assert.deepEqual(await peer.call(SessionRemove.type, { target: { text: 'first' } }), {
      removed: 'first',
    });
    assert.deepEqual(await names({ all: true }), []);
    assert.deepEqual(readdirSync(join(daemon.dataDir, 'journals')), []);
    assert.equal(await codeOf(peer, SessionShow.type, { target: { text: 'first' } }), 'SESSION_NOT_FOUND');
  });

  it('refuse what is wrong, and leave nothing behind', async () => {
    const spec = daemon.program();
    await daemon.shell(peer, 'taken');
    const refusals: readonly [Partial<SessionCreate.Params>, string][] = [
      [{ name: 'taken' }, 'SESSION_EXISTS'],
      [{ name: 'a b' }, 'INVALID_NAME'],
      [{ name: '../x' }, 'INVALID_NAME'],
      [{ name: 'x'.repeat(256) }, 'INVALID_NAME'],
      [{ cwd: join(daemon.work, 'gone') }, 'CWD_NOT_FOUND'],
      [{ cwd: 'relative' }, 'INVALID_INPUT'],
      [{ command: ['no-such-program'] }, 'SPAWN_FAILED'],
      [{ command: [] }, 'INVALID_INPUT'],
      [{ cols: 1 }, 'INVALID_INPUT'],
      [{ rows: 24.5 }, 'INVALID_INPUT'],
      [{ ttlMs: -1 }, 'INVALID_INPUT'],
      [{ environment: 7 as unknown as Record<string, string> }, 'INVALID_INPUT'],
    ];
    for (const [change, code] of refusals) {
      assert.equal(
        await codeOf(peer, SessionCreate.type, { ...spec, ...change }),
        code,
        JSON.stringify(change),
      );
    }
    assert.deepEqual(await names({ all: true }), ['taken']);
    assert.equal(readdirSync(join(daemon.dataDir, 'journals')).length, 1);
    await peer.call(SessionRemove.type, { target: { text: 'taken' }, force: true });
  });

  it('name the field that is wrong', async () => {
    await assert.rejects(
      peer.call(SessionKill.type, { target: { text: 'x' }, graceMs: 'soon' as unknown as number }),
      (error: { code: string; details: unknown; message: string }) => {
        assert.equal(error.code, 'INVALID_INPUT');
        assert.deepEqual(error.details, { field: 'graceMs' });
        return true;
      },
    );
    assert.equal(
      await codeOf(peer, SessionKill.type, { target: { text: 'x' }, signal: 'SIGNONE' }),
      'INVALID_INPUT',
    );
  });

  it('are named after their folder, numbered if that is taken', async () => {
    const first = await peer.call(SessionCreate.type, daemon.program());
    const second = await peer.call(SessionCreate.type, daemon.program());
    assert.deepEqual([first.session.name, second.session.name], ['work', 'work-2']);
    for (const { session } of [first, second]) {
      await peer.call(SessionRemove.type, { target: { text: session.id }, force: true });
    }
  });

  it('are found or started again by ensure, once however many ask', async () => {
    const ensure = { ...daemon.program(), name: 'ensured', ensure: true };
    const results = await Promise.all(Array.from({ length: 5 }, () => peer.call(SessionCreate.type, ensure)));
    assert.equal(results.filter(({ created }) => created).length, 1);
    const ids = new Set(results.map(({ session }) => session.id));
    assert.equal(ids.size, 1);
    await peer.call(SessionKill.type, { target: { text: 'ensured' } });
    const again = await peer.call(SessionCreate.type, ensure);
    assert.equal(again.created, true);
    assert.ok(ids.has(again.session.id));
    assert.equal(again.session.state, 'running');
    await peer.call(SessionRemove.type, { target: { text: 'ensured' }, force: true });
  });

  it('and their terminals are renamed, within the rules for names', async () => {
    await daemon.shell(peer, 'old');
    await daemon.shell(peer, 'other');
    const { session } = await peer.call(SessionRename.type, { target: { text: 'old' }, name: 'new' });
    assert.equal(session.name, 'new');
    assert.equal(
      await codeOf(peer, SessionRename.type, { target: { text: 'new' }, name: 'other' }),
      'SESSION_EXISTS',
    );
    assert.equal(
      await codeOf(peer, SessionRename.type, { target: { text: 'new' }, name: 'a/b' }),
      'INVALID_NAME',
    );
    const renamed = await peer.call(SessionRename.type, { target: { text: 'new:main' }, name: 'server' });
    assert.equal(renamed.session.terminals[0]?.name, 'server');
    assert.equal(
      (await peer.call(SessionShow.type, { target: { text: 'new:server' } })).terminal?.name,
      'server',
    );
    for (const text of ['new', 'other']) {
      await peer.call(SessionRemove.type, { target: { text }, force: true });
    }
  });

  it('keep their group, tags, note and pin', async () => {
    await daemon.shell(peer, 'labels', { group: 'g', note: 'n' });
    const { session } = await peer.call(SessionSet.type, {
      target: { text: 'labels' },
      group: '',
      tags: ['x'],
      pinned: true,
      resurrect: 'shell',
    });
    assert.deepEqual(
      [session.group, session.tags, session.note, session.pinned, session.resurrect],
      [null, ['x'], 'n', true, 'shell'],
    );
    await peer.call(SessionRemove.type, { target: { text: 'labels' }, force: true });
  });

  it('have the icon and the colour that they are given, until these are taken away', async () => {
    const made = await daemon.shell(peer, 'looks', { icon: 'rocket', color: 'terminal.ansiGreen' });
    const looksOf = ({ icon, color }: SessionInfo): unknown => [icon, color];
    assert.deepEqual(looksOf(made), ['rocket', 'terminal.ansiGreen']);
    const set = async (change: { readonly icon?: string; readonly color?: string }): Promise<unknown> =>
      looksOf((await peer.call(SessionSet.type, { target: { text: 'looks' }, ...change })).session);
    assert.deepEqual(await set({ icon: 'git-branch' }), ['git-branch', 'terminal.ansiGreen']);
    for (const wrong of [{ icon: 'Git Branch' }, { color: 'red' }]) {
      await assert.rejects(
        set(wrong),
        (error: HoldfastError) =>
          error.code === 'INVALID_INPUT' && /git-branch|terminal\.ansiRed/.test(error.suggestion),
      );
    }
    assert.deepEqual(await set({ color: 'terminal.ansiRed' }), ['git-branch', 'terminal.ansiRed']);
    assert.deepEqual(await set({ icon: '', color: '' }), [null, null]);
    await assert.rejects(daemon.shell(peer, 'looks-wrong', { icon: '$(rocket)' }), /no icon/);
    await peer.call(SessionRemove.type, { target: { text: 'looks' }, force: true });
    assert.deepEqual((await peer.call(SessionList.type, { filter: 'looks', all: true })).sessions, []);
  });

  it('keep the places they are given in their group, and have none in another', async () => {
    const [a, b, c] = [
      await daemon.shell(peer, 'arranged-a', { group: 'order' }),
      await daemon.shell(peer, 'arranged-b', { group: 'order' }),
      await daemon.shell(peer, 'arranged-c'),
    ];
    const places = async (): Promise<Readonly<Record<string, unknown>>> => {
      const { sessions } = await peer.call(SessionList.type, { filter: 'arranged-' });
      return Object.fromEntries(sessions.map(({ name, position }) => [name.slice(-1), position]));
    };
    assert.deepEqual(await places(), { a: null, b: null, c: null });
    const gone = 'aaaaaaaaaaaa' as SessionId;
    await peer.call(SessionArrange.type, { sessions: [b.id, gone, a.id] });
    assert.deepEqual(await places(), { a: 2, b: 0, c: null });
    await peer.call(SessionSet.type, { target: { text: b.id }, group: 'order', note: 'the same group' });
    assert.deepEqual(await places(), { a: 2, b: 0, c: null });
    await peer.call(SessionSet.type, { target: { text: b.id }, group: '' });
    assert.deepEqual(await places(), { a: 2, b: null, c: null });
    for (const { id } of [a, b, c]) {
      await peer.call(SessionRemove.type, { target: { text: id }, force: true });
    }
  });

  it('are listed by groups as these were put, which who comes into a group later knows too', async () => {
    const listed = async (): Promise<string> => {
      const { sessions } = await peer.call(SessionList.type, { filter: 'grouped-' });
      return sessions.map(({ name, groupPosition }) => `${name.slice(-1)}${groupPosition ?? ''}`).join(' ');
    };
    const a = await daemon.shell(peer, 'grouped-a');
    await daemon.shell(peer, 'grouped-b', { group: 'one' });
    await daemon.shell(peer, 'grouped-c', { group: 'two' });
    assert.equal(await listed(), 'a b c', 'nobody has arranged anything');
    await peer.call(SessionArrangeGroups.type, { groups: ['two', 'none of that name', 'one'] });
    assert.equal(await listed(), 'c0 b2 a');
    await daemon.shell(peer, 'grouped-d', { group: 'one' });
    await peer.call(SessionSet.type, { target: { text: a.id }, group: 'two' });
    assert.equal(await listed(), 'a0 c0 b2 d2');
    await peer.call(SessionSet.type, { target: { text: a.id }, group: '' });
    assert.equal(await listed(), 'c0 b2 d2 a');
    const { sessions } = await peer.call(SessionList.type, { filter: 'grouped-' });
    for (const { id } of sessions) {
      await peer.call(SessionRemove.type, { target: { text: id }, force: true });
    }
  });

  it('have several terminals, each with a name of its own', async () => {
    const session = await daemon.shell(peer, 'many');
    const target = { text: 'many' };
    const { terminal } = await peer.call(TerminalSpawn.type, {
      target,
      ...daemon.program(['sleep', '1000']),
    });
    assert.equal(terminal.name, 'sleep');
    const second = await peer.call(TerminalSpawn.type, { target, ...daemon.program(['sleep', '1000']) });
    assert.equal(second.terminal.name, 'sleep-2');
    assert.equal(
      await codeOf(peer, TerminalSpawn.type, { target, ...daemon.program(), name: 'sleep' }),
      'SESSION_EXISTS',
    );
    assert.deepEqual(await peer.call(SessionKill.type, { target: { text: 'many:sleep' } }), {
      killed: 1,
      survivors: [],
    });
    assert.deepEqual(await peer.call(SessionRemove.type, { target: { text: 'many:sleep' } }), {
      removed: 'many:sleep',
    });
    const shown = await peer.call(SessionShow.type, { target });
    assert.deepEqual(
      shown.session?.terminals.map(({ name }) => name),
      ['main', 'sleep-2'],
    );
    assert.deepEqual(await peer.call(SessionKill.type, { target }), { killed: 2, survivors: [] });
    assert.equal(await codeOf(peer, TerminalSpawn.type, { target, ...daemon.program() }), 'SESSION_EXITED');
    await peer.call(SessionRemove.type, { target });
    assert.equal(existsSync(join(daemon.dataDir, 'journals', `${session.terminals[0]?.id}.journal`)), false);
  });

  it('start again under the old screen, with their ids', async () => {
    const before = await daemon.shell(peer, 'again');
    await daemon.type(peer, 'again', 'echo remember-$((40+2))');
    await daemon.screen(peer, 'again', (text) => text.includes('remember-42'));
    const { session } = await peer.call(SessionRestart.type, { target: { text: 'again' } });
    assert.equal(session.id, before.id);
    assert.equal(session.terminals[0]?.id, before.terminals[0]?.id);
    assert.notEqual(session.terminals[0]?.pid, before.terminals[0]?.pid);
    const screen = await daemon.screen(peer, 'again', (text) => /restarted [\s\S]*ready>/.test(text));
    assert.match(screen, /remember-42[\s\S]*--- restarted [\s\S]*ready>/);
    await daemon.type(peer, 'again', 'echo alive-$((1+1))');
    await daemon.screen(peer, 'again', (text) => text.includes('alive-2'));
    await peer.call(SessionRemove.type, { target: { text: 'again' }, force: true });
  });

  it('are refused beyond the limit', async () => {
    const small = await TestDaemon.start({ HOLDFAST_SESSION_LIMIT: '1' });
    try {
      const own = await small.connect();
      await small.shell(own, 'one');
      assert.equal(
        await codeOf(own, SessionCreate.type, { ...small.program(), name: 'two' }),
        'SESSION_LIMIT',
      );
      assert.deepEqual(
        (await own.call(SessionList.type, { all: true })).sessions.map(({ name }) => name),
        ['one'],
      );
    } finally {
      await small.dispose();
    }
  });

  it('are never guessed when something would be ended', async () => {
    await daemon.shell(peer, 'precious');
    for (const type of [SessionKill.type, SessionRemove.type, SessionRestart.type] as const) {
      assert.equal(
        await codeOf<{ target: object }, unknown>(peer, type as never, { target: {} }),
        'INVALID_INPUT',
      );
    }
    const { session } = await peer.call(SessionShow.type, { target: {} });
    assert.equal(session?.name, 'precious');
    await peer.call(SessionKill.type, { target: { environment: session?.id as SessionId } });
    await peer.call(SessionRemove.type, { target: { text: 'precious' } });
  });
});

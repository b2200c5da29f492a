import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DaemonShutdown } from '../../daemon/protocol/daemon';
import { EventHappened, EventsList, EventsSubscribe, SessionsChanged } from '../../daemon/protocol/events';
import { SessionRemove, SessionSet } from '../../daemon/protocol/sessions';
import type { RpcPeer } from '../../daemon/transport/rpc';
import { poll } from '../support/poll';
import { TestDaemon } from '../support/testDaemon';

describe('events', () => {
  let daemon: TestDaemon;
  let peer: RpcPeer;
  before(async () => {
    daemon = await TestDaemon.start();
    peer = await daemon.connect();
  });
  after(() => daemon.dispose());

  it('tell who subscribed what happens, and are kept for those who ask later', async () => {
    const seen: string[] = [];
    peer.onNotification(EventHappened.type, ({ event, session }) => {
      // That the daemon has started is told too, to whoever is there early enough.
      if (session !== undefined) {
        seen.push(event);
      }
    });
    await peer.call(EventsSubscribe.type, { events: true });
    const session = await daemon.shell(peer, 'eventful');
    await peer.call(SessionRemove.type, { target: { text: 'eventful' }, force: true });
    await poll(() => seen.includes('session-removed'), { what: 'the last event' });
    assert.deepEqual(seen, ['session-created', 'terminal-started', 'terminal-exited', 'session-removed']);
    const { events } = await peer.call(EventsList.type, { session: session.id });
    assert.deepEqual(
      events.map(({ event }) => event),
      seen,
    );
    assert.ok(events.every(({ time }) => Math.abs(Date.now() - time) < 60_000));
    assert.equal((await peer.call(EventsList.type, { limit: 1 })).events.length, 1);
  });

  it('merge what changes quickly into few messages that hold the newest state', async () => {
    const messages: SessionsChanged.Params[] = [];
    const watcher = await daemon.connect('vscode');
    watcher.onNotification(SessionsChanged.type, (params) => messages.push(params));
    await daemon.shell(peer, 'changing');
    const { sessions } = await watcher.call(EventsSubscribe.type, { sessions: true });
    assert.deepEqual(
      sessions.map(({ name }) => name),
      ['changing'],
    );
    for (let index = 0; index < 50; index += 1) {
      await peer.call(SessionSet.type, { target: { text: 'changing' }, note: `note ${index}` });
    }
    await poll(() => messages.at(-1)?.changed[0]?.note === 'note 49', { what: 'the newest note' });
    assert.ok(messages.length < 50, `${messages.length} messages`);
    await peer.call(SessionRemove.type, { target: { text: 'changing' }, force: true });
    await poll(() => messages.at(-1)?.removed.length === 1, { what: 'the removal' });
    assert.deepEqual(messages.at(-1)?.removed, [sessions[0]?.id]);
  });

  for (const mode of ['force', 'replace'] as const) {
    it(`tell last of all what has just changed when the daemon leaves (${mode})`, async () => {
      const leaving = await TestDaemon.start();
      try {
        const states = new Map<string, string>();
        const watcher = await leaving.connect('vscode');
        watcher.onNotification(SessionsChanged.type, ({ changed }) => {
          changed.forEach(({ name, state, note }) => void states.set(name, note ?? state));
        });
        const gone = new Promise<void>((resolve) => void watcher.onClose(resolve));
        await watcher.call(EventsSubscribe.type, { sessions: true });
        const caller = await leaving.connect();
        await leaving.shell(caller, 'first');
        await leaving.shell(caller, 'second');
        await poll(() => [...states.values()].join() === 'running,running', {
          what: 'two running sessions',
          state: () => [...states],
        });
        if (mode === 'replace') {
          await caller.call(SessionSet.type, { target: { text: 'first' }, note: 'noted' });
        }
        await caller.call(DaemonShutdown.type, { mode });
        await gone;
        assert.deepEqual(
          [...states.values()],
          mode === 'force' ? ['exited', 'exited'] : ['noted', 'running'],
        );
      } finally {
        await leaving.dispose();
      }
    });
  }
});

import assert from 'node:assert/strict';
import { appendFile, copyFile, mkdtemp, readdir, rename, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type ErrorCode, HoldfastError } from '../protocol/errors';
import type { HoldfastEvent } from '../protocol/events';
import { MAX_COMMANDS } from '../protocol/history';
import type { SessionId, TerminalId } from '../protocol/ids';
import type { CommandRow } from './rows';
import { Store } from './store';
import { sessionRow, terminalRow } from './testRows';
import { MAX_EVENT_AGE_MS, MAX_EVENTS, PRUNE_COMMANDS_EVERY, PRUNE_EVENTS_EVERY } from './writer';

const hasCode = (code: ErrorCode) => (error: unknown) =>
  error instanceof HoldfastError && error.code === code;
const event = (time: number, session?: string): HoldfastEvent => ({
  time,
  event: 'session-changed',
  ...(session === undefined ? {} : { session: session as SessionId }),
});

describe('Store', () => {
  let folder: string;
  let opened: Store[];

  const open = async (
    ...options: Parameters<typeof Store.open> extends [string, ...infer Rest] ? Rest : never
  ) => {
    const store = await Store.open(folder, ...options);
    opened.push(store);
    return store;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-store-'));
    opened = [];
  });

  afterEach(async () => {
    await Promise.all(opened.map((store) => store.close()));
    await rm(folder, { recursive: true });
  });

  it('keeps the newest commands of each terminal, and what is known last of each', async () => {
    const store = await open();
    const [session, terminal] = ['a' as SessionId, 't' as TerminalId];
    const command = (number: number, changes: Partial<CommandRow> = {}): CommandRow => ({
      ...{ session, terminal, number, line: `line ${number}`, cwd: '/', exitCode: null },
      ...{ startedAt: number, endedAt: null, ...changes },
    });
    await store.change((w) => {
      w.putSession(sessionRow('a'));
      w.putTerminal(terminalRow('t', 'a'));
      w.putCommand(command(1));
      w.putCommand(command(1, { exitCode: 3, endedAt: 9 }));
      w.putCommand(command(2, { line: null }));
      w.putCommand(command(3, { terminal: 'gone' as TerminalId }));
    });
    assert.deepEqual(store.commands({ terminals: [terminal] }), [command(1, { exitCode: 3, endedAt: 9 })]);
    const last = MAX_COMMANDS + PRUNE_COMMANDS_EVERY;
    await store.change((w) => {
      for (let number = 2; number <= last; number++) {
        w.putCommand(command(number, { exitCode: number % 2 }));
      }
    });
    const kept = store.commands({ terminals: [terminal] });
    assert.deepEqual(
      [kept.length, kept[0]?.number, kept.at(-1)?.number],
      [MAX_COMMANDS, last - MAX_COMMANDS + 1, last],
    );
    assert.equal(store.commandCounts().get(terminal), MAX_COMMANDS);
    assert.equal(store.newestCommand(terminal)?.number, last);
    const failed = store.commands({ terminals: [terminal], failed: true, limit: 2 });
    assert.deepEqual(
      failed.map(({ number }) => number),
      [last - 3, last - 1],
    );
    await store.change((w) => w.removeTerminal(terminal));
    assert.deepEqual(store.commands({ terminals: [terminal] }), []);
  });

  it('gives back rows as they were put, after a clean close and after none', async () => {
    const sessions = [
      sessionRow('a', { group: 'g', pinned: true, quiet: true, position: 3, ttlMs: 5, lastAttachedAt: 7 }),
      sessionRow('b', { icon: 'rocket', color: 'terminal.ansiRed' }),
    ];
    const terminals = [
      terminalRow('t', 'a', { exitCode: 3, signal: 'SIGKILL', state: 'exited' }),
      terminalRow('u', 'b'),
    ];
    const first = await open();
    await first.change((w) => {
      for (const row of sessions) {
        w.putSession(row);
      }
      for (const row of terminals) {
        w.putTerminal(row);
      }
      w.addEvent(event(1, 'a'));
    });
    first.dispose();

    const afterCrash = await open();
    assert.deepEqual(afterCrash.sessions(), sessions);
    assert.deepEqual(afterCrash.terminals(), terminals);
    await afterCrash.close();

    const afterClose = await open();
    assert.equal(afterClose.report.replayed, 0);
    assert.deepEqual(afterClose.report.setAside, []);
    assert.deepEqual(afterClose.sessions(), sessions);
    assert.deepEqual(afterClose.terminals(), terminals);
    assert.deepEqual(afterClose.events(), [event(1, 'a')]);
  });

  it('keeps every file to its owner, and only the database is named holdfast.db', async () => {
    const store = await open({ exportAfterBytes: 1 });
    for (const id of ['a', 'b', 'c']) {
      await store.change((w) => w.putSession(sessionRow(id)));
    }
    await store.close();

    const names = await readdir(folder);
    assert.deepEqual(
      names.filter((name) => name.endsWith('holdfast.db')),
      ['holdfast.db'],
    );
    assert.ok(names.includes('holdfast.db.previous'));
    assert.equal(names.filter((name) => name.startsWith('holdfast.log.')).length, 2);
    for (const name of names) {
      assert.equal(
        (await stat(join(folder, name))).mode & 0o777,
        process.platform === 'win32' ? 0o666 : 0o600,
        name,
      );
    }
  });

  it('refuses a second session of the same name and keeps nothing of that change', async () => {
    const store = await open();
    await store.change((w) => w.putSession(sessionRow('a', { name: 'same' })));
    await assert.rejects(
      store.change((w) => {
        w.putSession(sessionRow('b'));
        w.putSession(sessionRow('c', { name: 'same' }));
      }),
      hasCode('SESSION_EXISTS'),
    );
    assert.deepEqual(
      store.sessions().map((row) => row.id),
      ['a'],
    );
  });

  it('refuses a terminal whose session is gone and a second one of the same name', async () => {
    const store = await open();
    await assert.rejects(
      store.change((w) => w.putTerminal(terminalRow('t', 'gone'))),
      hasCode('SESSION_NOT_FOUND'),
    );
    await store.change((w) => {
      w.putSession(sessionRow('a'));
      w.putTerminal(terminalRow('t', 'a', { name: 'main' }));
    });
    await assert.rejects(
      store.change((w) => w.putTerminal(terminalRow('u', 'a', { name: 'main' }))),
      hasCode('SESSION_EXISTS'),
    );
  });

  it('forgets a session with its terminals; forgetting what is not there is no error', async () => {
    const store = await open();
    await store.change((w) => {
      w.putSession(sessionRow('a'));
      w.putTerminal(terminalRow('t', 'a'));
    });
    await store.change((w) => {
      w.removeSession('a' as SessionId);
      w.removeSession('never' as SessionId);
      w.removeTerminal('never' as TerminalId);
    });
    assert.deepEqual([store.sessions(), store.terminals()], [[], []]);
  });

  it('takes concurrent changes in order, each one seeing those before it', async () => {
    const store = await open();
    await store.change((w) => w.putSession(sessionRow('a', { lastUsedAt: 0 })));
    await Promise.all(
      Array.from({ length: 200 }, () =>
        store.change((w) => {
          const row = w.session('a' as SessionId);
          assert.ok(row);
          w.putSession({ ...row, lastUsedAt: row.lastUsedAt + 1 });
        }),
      ),
    );
    store.dispose();
    assert.equal((await open()).sessions()[0]?.lastUsedAt, 200);
  });

  it('shows readers only what is confirmed', async () => {
    const store = await open();
    const changing = store.change((w) => w.putSession(sessionRow('a')));
    assert.deepEqual(store.sessions(), []);
    await changing;
    assert.equal(store.sessions().length, 1);
  });

  it('shows each kind of row anew after a change to it', async () => {
    const store = await open();
    const shown = () => [store.sessions().map((row) => row.note), store.terminals().map((row) => row.title)];
    const put = (note: string, title: string) =>
      store.change((w) => {
        w.putSession(sessionRow('a', { note }));
        w.putTerminal(terminalRow('t', 'a', { title }));
      });
    await put('1', '1');
    assert.deepEqual(shown(), [['1'], ['1']]);
    await store.change((w) => w.putSession(sessionRow('a', { note: '2' })));
    assert.deepEqual(shown(), [['2'], ['1']]);
    await store.change((w) => w.putTerminal(terminalRow('t', 'a', { title: '2' })));
    assert.deepEqual(shown(), [['2'], ['2']]);
    await store.change((w) => w.removeTerminal('t' as TerminalId));
    assert.deepEqual(shown(), [['2'], []]);
    await put('3', '3');
    await store.change((w) => w.removeSession('a' as SessionId));
    assert.deepEqual(shown(), [[], []]);
  });

  it('rejects a change that throws and goes on', async () => {
    const store = await open();
    await assert.rejects(
      store.change((w) => {
        w.putSession(sessionRow('a'));
        throw new Error('no');
      }),
      hasCode('INTERNAL_ERROR'),
    );
    await store.change((w) => w.putSession(sessionRow('b')));
    assert.deepEqual(
      store.sessions().map((row) => row.id),
      ['b'],
    );
  });

  it('refuses a writer that is used after its change', async () => {
    const store = await open();
    let late: (() => void) | undefined;
    await store.change((w) => {
      late = () => w.putSession(sessionRow('a'));
    });
    assert.throws(() => late?.());
  });

  it('never stores what looks like a secret', async () => {
    const store = await open();
    await store.change((w) => {
      w.putSession(sessionRow('a'));
      w.putTerminal(terminalRow('t', 'a', { environment: { GITHUB_TOKEN: 'x', LANG: 'C' } }));
    });
    assert.deepEqual(store.terminals()[0]?.environment, { LANG: 'C' });
  });

  it('keeps the newest events and forgets those that are too many or too old', async () => {
    const store = await open();
    const total = 10_000;
    await store.change((w) => w.addEvent(event(0, 'old')));
    await store.change((w) => {
      for (let index = 0; index < total; index += 1) {
        w.addEvent(event(MAX_EVENT_AGE_MS + index, index % 2 === 0 ? 'even' : 'odd'));
      }
    });
    const events = store.events();
    assert.ok(events.length >= MAX_EVENTS && events.length < MAX_EVENTS + PRUNE_EVENTS_EVERY);
    assert.equal(events.at(-1)?.time, MAX_EVENT_AGE_MS + total - 1);
    assert.deepEqual(
      store.events({ session: 'even' as SessionId, limit: 2 }).map((e) => e.time - MAX_EVENT_AGE_MS),
      [total - 4, total - 2],
    );
  });

  it('forgets events by age', async () => {
    const store = await open();
    await store.change((w) => {
      w.addEvent(event(1, 'old'));
      for (let index = 1; index < PRUNE_EVENTS_EVERY; index += 1) {
        w.addEvent(event(MAX_EVENT_AGE_MS + 2, 'new'));
      }
    });
    assert.deepEqual(store.events({ session: 'old' as SessionId }), []);
  });

  const damages: Readonly<Record<string, (log: string) => Promise<void>>> = {
    emptied: (log) => truncate(log, 0),
    cut: async (log) => truncate(log, (await stat(log)).size - 40),
    deleted: (log) => rm(log),
    'written to': (log) => appendFile(log, 'by somebody else'),
    'replaced by a copy': async (log) => {
      await copyFile(log, `${log}.copy`);
      await rename(`${log}.copy`, log);
    },
  };
  for (const [how, damage] of Object.entries(damages)) {
    for (const then of ['with a change behind it', 'without one'] as const) {
      it(`loses nothing when its log is ${how} while it is open, ${then}`, async () => {
        const store = await open();
        await store.change((w) => w.putSession(sessionRow('a')));
        const [log = ''] = (await readdir(folder)).filter((name) => name.startsWith('holdfast.log.'));
        await damage(join(folder, log));
        if (then === 'without one') {
          await store.look();
        } else {
          await store.change((w) => w.putSession(sessionRow('b')));
        }
        const next = await open();
        assert.deepEqual(
          next.sessions().map(({ id }) => id),
          then === 'without one' ? ['a'] : ['a', 'b'],
        );
        assert.deepEqual(next.report.unreadable, []);
      });
    }
  }

  it('writes nothing when its log is what it was', async () => {
    const store = await open();
    await store.change((w) => w.putSession(sessionRow('a')));
    const before = await readdir(folder);
    await store.look();
    assert.deepEqual(await readdir(folder), before);
  });

  it('closes twice without an error and then refuses changes', async () => {
    const store = await open();
    await Promise.all([store.close(), store.close()]);
    await assert.rejects(
      store.change(() => undefined),
      hasCode('STORE_ERROR'),
    );
  });
});

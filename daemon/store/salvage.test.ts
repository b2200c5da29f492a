import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { SessionId } from '../protocol/ids';
import { MIGRATIONS } from './migrations';
import { Store } from './store';
import { newestLog } from './testDamage';
import { sessionRow, terminalRow } from './testRows';

const id = (text: string): SessionId => text as SessionId;

describe('A store whose log is damaged in the middle', () => {
  let folder: string;
  let open: Store[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-salvage-'));
    open = [];
  });
  afterEach(async () => {
    for (const store of open) {
      store.dispose();
      await store.close();
    }
    await rm(folder, { recursive: true });
  });

  const openStore = async (): Promise<Store> => {
    const store = await Store.open(folder);
    open.push(store);
    return store;
  };
  /** As a crash does. */
  const leave = async (store: Store): Promise<void> => {
    store.dispose();
    await store.close();
  };
  const shown = (store: Store): readonly string[] =>
    store.sessions().map(({ name, note, pinned }) => `${name} ${note}${pinned ? ' pinned' : ''}`);
  /** The lines of the newest log, with their ends. */
  const lines = async (): Promise<string[]> =>
    (await readFile(await newestLog(folder), 'utf8')).split(/(?<=\n)/);
  const write = async (changed: readonly string[]): Promise<void> =>
    writeFile(await newestLog(folder), changed.join(''));
  const flip = (line: string): string => line.replace(/.\n$/, '~\n');
  /** Damages the line that the last change so far has made. */
  const damageLast = async (): Promise<(all: readonly string[]) => string[]> => {
    const place = (await lines()).length - 1;
    return (all) => all.map((line, index) => (index === place ? flip(line) : line));
  };

  it('has what was changed behind it, and the same at the next start', async () => {
    const store = await openStore();
    await store.change((w) => w.putSession(sessionRow('a', { note: 'first' })));
    await store.change((w) => w.putSession(sessionRow('b', { note: 'first' })));
    await store.change((w) => w.putSession(sessionRow('a', { note: 'hit' })));
    const damage = await damageLast();
    await store.change((w) => w.putSession(sessionRow('b', { note: 'last' })));
    await store.change((w) => w.putSession(sessionRow('c', { pinned: true, note: 'last' })));
    await leave(store);
    await write(damage(await lines()));
    const damaged = await readFile(await newestLog(folder));

    const found = await openStore();
    assert.deepEqual(shown(found), ['name-a first', 'name-b last', 'name-c last pinned']);
    const [copy = '', ...others] = found.report.setAside;
    assert.deepEqual(others, []);
    assert.deepEqual(await readFile(copy), damaged);
    assert.equal(found.report.replayed, MIGRATIONS.length + 4);
    await leave(found);
    const again = await openStore();
    assert.deepEqual(shown(again), ['name-a first', 'name-b last', 'name-c last pinned']);
    assert.deepEqual(again.report.setAside, []);
  });

  it('has them even if the database can not be written anew', async () => {
    const store = await openStore();
    await store.change((w) => w.putSession(sessionRow('a', { note: 'hit' })));
    const damage = await damageLast();
    await store.change((w) => w.putSession(sessionRow('b', { note: 'last' })));
    await leave(store);
    await write(damage(await lines()));
    await leave(await openStore());
    // As if the export had not come to its end.
    await rm(join(folder, 'holdfast.db'));
    await rm(join(folder, 'holdfast.log.1'));
    const found = await openStore();
    assert.deepEqual(shown(found), ['name-b last']);
    assert.deepEqual(found.report.setAside, []);
  });

  for (const hit of MIGRATIONS.keys()) {
    it(`makes the tables itself when what made them is lost (step ${hit + 1})`, async () => {
      const store = await openStore();
      await store.change((w) => w.putSession(sessionRow('a', { note: 'kept' })));
      await leave(store);
      await write((await lines()).map((line, index) => (index === hit + 1 ? flip(line) : line)));
      const found = await openStore();
      assert.deepEqual(shown(found), ['name-a kept']);
      await found.change((w) => w.putTerminal(terminalRow('t', 'a')));
      assert.equal(found.terminals().length, 1);
    });
  }

  it('gives a name to the row that had it last when the change that freed it is lost', async () => {
    const store = await openStore();
    await store.change((w) => {
      w.putSession(sessionRow('a', { name: 'work' }));
      w.putTerminal(terminalRow('s', 'a', { name: 'main' }));
    });
    await store.change((w) => {
      w.putSession(sessionRow('a', { name: 'older' }));
      w.putTerminal(terminalRow('s', 'a', { name: 'older' }));
    });
    const damage = await damageLast();
    await store.change((w) => {
      w.putSession(sessionRow('b', { name: 'work', note: 'newer' }));
      w.putTerminal(terminalRow('t', 'a', { name: 'main' }));
    });
    await leave(store);
    await write(damage(await lines()));
    const found = await openStore();
    assert.deepEqual(
      found.sessions().map(({ id, name }) => [id, name]),
      [
        ['a', 'recovered-a'],
        ['b', 'work'],
      ],
    );
    assert.deepEqual(
      found.terminals().map(({ id, name }) => [id, name]),
      [
        ['s', 'recovered-s'],
        ['t', 'main'],
      ],
    );
  });

  it('brings nothing back that was removed behind it', async () => {
    const store = await openStore();
    await store.change((w) => w.putSession(sessionRow('a')));
    await store.change((w) => w.addEvent({ time: 1, event: 'bell', session: id('a') }));
    const damage = await damageLast();
    await store.change((w) => w.removeSession(id('a')));
    await leave(store);
    await write(damage(await lines()));
    assert.deepEqual(shown(await openStore()), []);
  });

  it('takes no line twice, and none out of its place', async () => {
    const store = await openStore();
    for (const note of ['1', '2', '3', '4']) {
      await store.change((w) => w.putSession(sessionRow('a', { note })));
    }
    await leave(store);
    const all = await lines();
    // An older one again behind what is damaged.
    await write([...all.slice(0, -2), ...all.slice(-2).map(flip), ...all.slice(-4, -3)]);
    assert.deepEqual(shown(await openStore()), ['name-a 2']);
  });

  it('reads on behind a block that was lost with the ends of its lines', async () => {
    const store = await openStore();
    for (let count = 0; count < 80; count += 1) {
      await store.change((w) => w.addEvent({ time: count, event: 'bell' }));
    }
    await store.change((w) => w.putSession(sessionRow('a', { note: 'behind' })));
    await leave(store);
    const log = await newestLog(folder);
    const bytes = await readFile(log);
    const before = (await lines()).slice(0, MIGRATIONS.length + 11).join('');
    bytes.fill(0, before.length - 20, before.length - 20 + 4096);
    await writeFile(log, bytes);
    const found = await openStore();
    assert.deepEqual(shown(found), ['name-a behind']);
    const times = found.events().map(({ time }) => time);
    assert.deepEqual([times.at(0), times.at(-1)], [0, 79]);
    assert.ok(times.length < 60 && times.length > 40, String(times.length));
  });

  it('goes on through the logs behind an older one that is damaged, when the database is broken too', async () => {
    const first = await openStore();
    await first.change((w) => w.putSession(sessionRow('a', { note: 'kept' })));
    await first.close();
    const second = await openStore();
    await second.change((w) => w.putSession(sessionRow('b', { note: 'hit' })));
    const damage = await damageLast();
    await second.change((w) => w.putSession(sessionRow('c', { note: 'behind' })));
    await leave(second);
    await write(damage(await lines()));
    const older = await newestLog(folder);
    const kept = await readFile(older);
    // What a store writes that has read it before it was damaged.
    await writeFile(older, kept.toString().replace(/~\n/, ']\n'));
    const third = await openStore();
    await third.close();
    const fourth = await openStore();
    await fourth.change((w) => w.putSession(sessionRow('a', { note: 'newest' })));
    await leave(fourth);
    await writeFile(older, kept);
    await writeFile(join(folder, 'holdfast.db'), 'broken');

    const found = await openStore();
    assert.deepEqual(shown(found), ['name-a newest', 'name-c behind']);
    assert.equal(found.report.setAside.length, 3);
  });

  for (const bytes of [50, 300]) {
    it(`is set aside when it was cut before it says anything (${bytes} bytes)`, async () => {
      const store = await openStore();
      await store.change((w) => w.putSession(sessionRow('a')));
      await leave(store);
      await truncate(await newestLog(folder), bytes);
      const found = await openStore();
      assert.deepEqual(shown(found), []);
      const [copy = '', ...others] = found.report.setAside;
      assert.deepEqual(others, []);
      assert.equal((await readFile(copy)).length, bytes);
      await found.change((w) => w.putSession(sessionRow('b')));
      await leave(found);
      assert.deepEqual((await openStore()).report.setAside, []);
    });
  }
});

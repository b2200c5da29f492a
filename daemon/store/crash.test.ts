import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { Store } from './store';
import { exists, feeds, flipBit, logs, logWithout, newestLog } from './testDamage';
import { apply, contentOf, type Step, steps, type Write } from './testHistories';
import { sessionRow } from './testRows';

const confirmed = () => true;
const refused = () => false;

/** A place in a file, as a fraction of its length. */
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
/** The log's length at which the database is exported: some of these histories hold many generations. */
const EXPORT_AFTER = 12_000;
const SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 20_251_121);
/** Each writes and syncs files: as many as other tests have would take minutes. */
const RUNS = Math.ceil(Number(process.env['HOLDFAST_TEST_RUNS'] ?? 80) / 4);

describe('A store after a crash', () => {
  let root: string;
  let count = 0;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-crash-'));
  });

  after(() => rm(root, { recursive: true }));

  const newFolder = (): string => join(root, String(count++));
  const openStore = (folder: string) => Store.open(folder, { exportAfterBytes: EXPORT_AFTER });

  /** Goes through a history; returns the contents after each confirmed change, the empty store's first. */
  const live = async (folder: string, history: readonly Step[]): Promise<readonly string[]> => {
    let store = await openStore(folder);
    const contents = [contentOf(store)];
    for (const { does, ...rest } of history) {
      if (does === 'change') {
        const { writes } = rest as { writes: readonly Write[] };
        const changing = store.change((writer) => {
          for (const each of writes) {
            apply(writer, each);
          }
        });
        if (await changing.then(confirmed, refused)) {
          contents.push(contentOf(store));
        } else {
          assert.equal(contentOf(store), contents.at(-1));
        }
      } else {
        await (does === 'close' ? store.close() : leave(store));
        store = await openStore(folder);
        assert.equal(contentOf(store), contents.at(-1));
      }
    }
    await leave(store);
    return contents;
  };

  /** Opens what a crash has left, looks, changes something and looks again. */
  const assertLives = async (
    folder: string,
    isExpected: (content: string) => void,
  ): Promise<Store['report']> => {
    const store = await openStore(folder);
    const content = contentOf(store);
    isExpected(content);
    await store.change((writer) => writer.putSession(sessionRow('after')));
    const changed = contentOf(store);
    assert.notEqual(changed, content);
    await leave(store);
    const again = await openStore(folder);
    assert.equal(contentOf(again), changed);
    await again.close();
    const closed = await openStore(folder);
    assert.equal(contentOf(closed), changed);
    assert.deepEqual(closed.report.setAside, []);
    await leave(closed);
    return store.report;
  };

  const property = (damage: (folder: string, at: number, contents: readonly string[]) => Promise<void>) =>
    fc.assert(
      fc.asyncProperty(steps, place, async (history, at) => {
        const folder = newFolder();
        const contents = await live(folder, history);
        await damage(folder, at, contents);
        await rm(folder, { recursive: true });
      }),
      { seed: SEED, numRuns: RUNS },
    );

  const equals = (contents: readonly string[]) => (content: string) => assert.equal(content, contents.at(-1));

  /** The content before the last `lost` changes; the first change of all only makes the tables. */
  const lacks = (contents: readonly string[], lost: number) => (content: string) =>
    assert.equal(content, contents[Math.max(0, contents.length - 1 - lost)]);

  it('has exactly what was confirmed when a write was cut short', () =>
    property(async (folder, at, contents) => {
      const log = await newestLog(folder);
      const bytes = await readFile(log);
      const line = bytes.subarray(bytes.lastIndexOf(0x0a, -2) + 1);
      const rest = line.subarray(0, Math.floor(at * line.length));
      await writeFile(log, Buffer.concat([bytes, rest]));
      const report = await assertLives(folder, equals(contents));
      assert.deepEqual(report.setAside, []);
    }));

  it('has every change that is whole when its log ends anywhere', () =>
    property(async (folder, at, contents) => {
      const log = await newestLog(folder);
      const bytes = await readFile(log);
      const end = Math.floor(at * bytes.length);
      await truncate(log, end);
      await assertLives(folder, lacks(contents, feeds(bytes) - Math.max(1, feeds(bytes.subarray(0, end)))));
    }));

  it('has exactly what was confirmed when the newest database is gone', () =>
    property(async (folder, _at, contents) => {
      await rm(join(folder, 'holdfast.db'), { force: true });
      await assertLives(folder, equals(contents));
    }));

  for (const name of ['holdfast.db', 'holdfast.db.previous', 'an older log']) {
    it(`has exactly what was confirmed when a bit of ${name} has flipped`, () =>
      property(async (folder, at, contents) => {
        const path = name === 'an older log' ? (await logs(folder)).at(-2) : join(folder, name);
        if (path !== undefined && (await flipBit(path, at))) {
          const report = await assertLives(folder, equals(contents));
          assert.equal(report.setAside.length, name === 'holdfast.db' ? 1 : 0);
        }
      }));

    it(`has exactly what was confirmed when the end of ${name} is gone`, () =>
      property(async (folder, at, contents) => {
        const path = name === 'an older log' ? (await logs(folder)).at(-2) : join(folder, name);
        if (path !== undefined && (await exists(path))) {
          await truncate(path, Math.floor(at * (await stat(path)).size));
          await assertLives(folder, equals(contents));
        }
      }));
  }

  it('has every change but the one in its log that a bit has flipped in, and keeps a copy of the log', () =>
    property(async (folder, at) => {
      const log = await newestLog(folder);
      const before = await readFile(log);
      const position = Math.floor(at * before.length);
      const line = feeds(before.subarray(0, position));
      // A line grows together with the next one when its end is hit.
      const lost = before[position] === 0x0a ? [line, line + 1] : [line];
      const model = newFolder();
      await cp(folder, model, { recursive: true });
      await writeFile(log.replace(folder, model), logWithout(log, before, lost));
      const undamaged = await openStore(model);
      const expected = contentOf(undamaged);
      await leave(undamaged);

      await flipBit(log, at);
      const flipped = await readFile(log);
      const report = await assertLives(folder, equals([expected]));
      // Without changes it says nothing, and without its last byte it looks like one that was cut short.
      if (feeds(before) > 2 && position < before.length - 1) {
        const copy = report.setAside.find((path) => path.startsWith(log));
        assert.ok(copy);
        assert.deepEqual(await readFile(copy), flipped);
      }
    }));

  it('has exactly what was confirmed at every moment of an export', () =>
    property(async (folder, at) => {
      const earlier = newFolder();
      const last = await openStore(folder);
      await last.change((writer) => writer.addEvent({ time: 1000, event: 'daemon-stopping' }));
      const now = [contentOf(last)];
      await cp(folder, earlier, { recursive: true });
      await last.close();
      const database = await readFile(join(folder, 'holdfast.db'));
      const log = await newestLog(folder);
      const path = (name: string): string => join(earlier, name);

      await writeFile(path('holdfast.db.next'), database.subarray(0, Math.floor(at * database.length)));
      await checkCopy(earlier, now);
      await writeFile(path('holdfast.db.next'), database);
      const header = await readFile(log);
      await writeFile(log.replace(folder, earlier), header.subarray(0, Math.floor(at * header.length)));
      await checkCopy(earlier, now);
      await cp(log, log.replace(folder, earlier));
      await checkCopy(earlier, now);
      if (await exists(path('holdfast.db'))) {
        await rename(path('holdfast.db'), path('holdfast.db.previous'));
        await checkCopy(earlier, now);
      }
      await rename(path('holdfast.db.next'), path('holdfast.db'));
      await checkCopy(earlier, now);
      await assertLives(folder, equals(now));
      await rm(earlier, { recursive: true });
    }));

  const checkCopy = async (folder: string, contents: readonly string[]): Promise<void> => {
    const copy = newFolder();
    await cp(folder, copy, { recursive: true });
    const report = await assertLives(copy, equals(contents));
    assert.deepEqual(report.setAside, []);
    await rm(copy, { recursive: true });
  };

  it('begins anew, with everything set aside and named, when nothing is left that can be read', async () => {
    const folder = newFolder();
    const store = await openStore(folder);
    await store.change((writer) => writer.putSession(sessionRow('a')));
    await store.close();
    for (const name of await readdir(folder)) {
      await writeFile(join(folder, name), 'garbage\n'.repeat(1000));
    }
    const report = await assertLives(folder, (content) => assert.equal(content, '[[],[],[]]'));
    assert.ok(report.setAside.some((path) => path.startsWith(join(folder, 'holdfast.db.broken-'))));
    const contents = await Promise.all(report.setAside.map((path) => readFile(path, 'utf8')));
    assert.ok(contents.every((content) => content.startsWith('garbage')));
  });
});

/** Ends a store as a crash does, as far as its files go: nothing is written any more. */
const leave = async (store: Store): Promise<void> => {
  store.dispose();
  await store.close();
};

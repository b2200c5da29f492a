import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { HoldfastError } from '../protocol/errors';
import { encodeLine } from './logFormat';
import { MIGRATIONS, migrationsFrom } from './migrations';
import { putSessionStatement } from './rowCodec';
import { loadSqlite, SqlDatabase } from './sqlite';
import { Store } from './store';
import { sessionRow, terminalRow } from './testRows';

const NEWER = [
  ...MIGRATIONS,
  ['ALTER TABLE sessions ADD COLUMN colour TEXT', "UPDATE sessions SET note = 'migrated'"],
];

const isStoreError = (error: unknown): boolean =>
  error instanceof HoldfastError && error.code === 'STORE_ERROR' && error.suggestion.length > 0;

describe('Opening a store', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-open-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  /** Opens, looks, and leaves as a crash would. */
  const look = async <T>(migrations: typeof MIGRATIONS, read: (store: Store) => T): Promise<T> => {
    const store = await Store.open(folder, { migrations });
    try {
      return read(store);
    } finally {
      store.dispose();
      await store.close();
    }
  };
  const notes = (store: Store) => store.sessions().map((row) => row.note);
  const oldDatabase = async (): Promise<SqlDatabase> => {
    const database = new SqlDatabase(await loadSqlite());
    for (const step of migrationsFrom(0, MIGRATIONS)) {
      database.applyAll(step);
    }
    return database;
  };
  const allFiles = async (): Promise<Readonly<Record<string, string>>> => {
    const names = await readdir(folder);
    return Object.fromEntries(
      await Promise.all(
        names.map(async (name) => [name, await readFile(join(folder, name), 'base64')] as const),
      ),
    );
  };

  it('keeps the newest twenty broken files, and names those it drops', async () => {
    const old = Array.from(
      { length: 25 },
      (_, index) => `holdfast.db.broken-20260101T0000${String(index).padStart(2, '0')}000Z`,
    );
    for (const name of old) {
      await writeFile(join(folder, name), 'old');
    }
    assert.deepEqual(await look(MIGRATIONS, (store) => store.report.dropped), []);
    await writeFile(join(folder, 'holdfast.db'), 'no database');
    const report = await look(MIGRATIONS, (store) => store.report);
    assert.equal(report.setAside.length, 1);
    assert.deepEqual(
      report.dropped,
      old.slice(0, 6).map((name) => join(folder, name)),
    );
    const left = (await readdir(folder)).filter((name) => name.includes('.broken-'));
    assert.equal(left.length, 20);
  });

  it('migrates a database file of an older version that stands alone', async () => {
    const old = await oldDatabase();
    old.run(putSessionStatement(sessionRow('a', { note: 'old' })));
    await writeFile(join(folder, 'holdfast.db'), old.export(), { mode: 0o600 });
    old.close();

    assert.deepEqual(await look(MIGRATIONS, notes), ['old']);
    assert.deepEqual(await look(NEWER, notes), ['migrated']);
    assert.deepEqual(await look(NEWER, notes), ['migrated']);
  });

  it('brings sessions along from the time before they had icons and colours', async () => {
    const before = MIGRATIONS.findIndex((step) => step.some((sql) => sql.includes('icon')));
    const old = new SqlDatabase(await loadSqlite());
    for (const step of migrationsFrom(0, MIGRATIONS.slice(0, before))) {
      old.applyAll(step);
    }
    old.run([
      'INSERT INTO sessions (id, name, tags, kind, cwd, resurrect, pinned, created_at, last_used_at) ' +
        "VALUES ('a', 'old', '[]', 'persistent', '/', 'ask', 0, 1, 1)",
      [],
    ]);
    await writeFile(join(folder, 'holdfast.db'), old.export(), { mode: 0o600 });
    old.close();

    const looks = (store: Store) => store.sessions().map(({ name, icon, color }) => [name, icon, color]);
    assert.deepEqual(await look(MIGRATIONS, looks), [['old', null, null]]);
    const store = await Store.open(folder);
    await store.change((writer) => {
      for (const row of store.sessions()) {
        writer.putSession({ ...row, icon: 'rocket', color: 'terminal.ansiRed' });
      }
    });
    store.dispose();
    await store.close();
    assert.deepEqual(await look(MIGRATIONS, looks), [['old', 'rocket', 'terminal.ansiRed']]);
  });

  it('migrates a store whose changes are in the log only, once', async () => {
    const old = await Store.open(folder);
    await old.change((writer) => writer.putSession(sessionRow('a', { note: 'old' })));
    old.dispose();
    await old.close();

    const migrated = await Store.open(folder, { migrations: NEWER });
    await migrated.change((writer) => writer.putSession(sessionRow('b', { note: 'later' })));
    await migrated.close();
    assert.deepEqual(await look(NEWER, notes), ['migrated', 'later']);
  });

  it('comes back to the newest version from the database of the older one', async () => {
    const old = await Store.open(folder);
    await old.change((writer) => writer.putSession(sessionRow('a', { note: 'old' })));
    await old.close();
    await (await Store.open(folder, { migrations: NEWER })).close();
    await writeFile(join(folder, 'holdfast.db'), 'broken');

    assert.deepEqual(await look(NEWER, notes), ['migrated']);
  });

  for (const ending of ['log', 'database'] as const) {
    it(`refuses a store of a newer version that is known from its ${ending}, and changes nothing`, async () => {
      const newer = await Store.open(folder, { migrations: NEWER });
      await newer.change((writer) => writer.putSession(sessionRow('a')));
      if (ending === 'log') {
        newer.dispose();
      }
      await newer.close();
      await writeFile(join(folder, 'holdfast.db.next'), 'left behind');
      const before = await allFiles();

      await assert.rejects(Store.open(folder), isStoreError);
      assert.deepEqual(await allFiles(), before);
    });
  }

  it('refuses a log of a newer format and changes nothing', async () => {
    await writeFile(join(folder, 'holdfast.log.0'), encodeLine(0, 0, { format: 2, base: null }));
    const before = await allFiles();
    await assert.rejects(Store.open(folder), isStoreError);
    assert.deepEqual(await allFiles(), before);
  });

  it('goes as far as the changes of a log can be applied, and sets aside the log that goes on', async () => {
    const steps = migrationsFrom(0, MIGRATIONS);
    const changes = [
      ...steps,
      [putSessionStatement(sessionRow('before'))],
      [putSessionStatement(sessionRow('torn')), ['INSERT INTO no_such_table VALUES (1)', []] as const],
      [putSessionStatement(sessionRow('behind'))],
    ];
    const lines = changes.map((change, index) => encodeLine(0, index + 1, change));
    const header = encodeLine(0, 0, { format: 1, base: null });
    await writeFile(join(folder, 'holdfast.log.0'), [header, ...lines].join(''), { mode: 0o600 });
    const { names, report } = await look(MIGRATIONS, (store) => ({
      names: store.sessions().map(({ id }) => id),
      report: store.report,
    }));
    assert.deepEqual([names, report.replayed], [['before'], steps.length + 1]);
    assert.equal(report.setAside.length, 1);
  });

  it('leaves out a poisoned row, with its terminals, and names it', async () => {
    const old = await oldDatabase();
    for (const id of ['a', 'b', 'c']) {
      old.run(putSessionStatement(sessionRow(id)));
    }
    old.run(["UPDATE sessions SET tags = '{torn' WHERE id = 'b'", []]);
    await writeFile(join(folder, 'holdfast.db'), old.export(), { mode: 0o600 });
    old.close();

    const store = await Store.open(folder);
    await store.change((writer) => {
      writer.putTerminal(terminalRow('t', 'a'));
      writer.putTerminal(terminalRow('u', 'b'));
    });
    assert.deepEqual(store.report.unreadable, ['sessions: b']);
    assert.deepEqual(
      store.sessions().map((row) => row.id),
      ['a', 'c'],
    );
    assert.deepEqual(
      store.terminals().map((row) => row.id),
      ['t'],
    );
    await store.close();
  });

  it('finds commands by the words in them', async () => {
    const database = await oldDatabase();
    const add = 'INSERT INTO commands (id, session, terminal, line, started_at) VALUES (?, ?, ?, ?, 0)';
    database.run([add, [1, 'a', 't', 'git commit -m first']]);
    database.run([add, [2, 'a', 't', 'make all']]);
    database.run(["UPDATE commands SET line = 'make clean' WHERE id = 2", []]);
    database.run(['DELETE FROM commands WHERE id = 1', []]);
    const found = (word: string) =>
      database.rows('SELECT docid FROM commands_text WHERE line MATCH ?', [word]).map((row) => row.docid);
    assert.deepEqual([found('clean'), found('all'), found('commit')], [[2], [], []]);
    database.close();
  });
});

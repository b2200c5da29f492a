import type { Statement } from './sqlite';

/**
 * Forward migrations: entry N brings a store from `user_version` N to N + 1. An entry that was released
 * is never changed; what comes later is appended. All of an entry's statements are logged as one change.
 */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    'CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT',

    `CREATE TABLE sessions (
      id TEXT PRIMARY KEY, name TEXT NOT NULL, group_name TEXT, tags TEXT NOT NULL, note TEXT,
      kind TEXT NOT NULL, ttl_ms INTEGER, cwd TEXT NOT NULL, workspace TEXT, template TEXT,
      resurrect TEXT NOT NULL, pinned INTEGER NOT NULL, created_at INTEGER NOT NULL,
      last_attached_at INTEGER, last_used_at INTEGER NOT NULL
    ) STRICT`,
    'CREATE UNIQUE INDEX sessions_name ON sessions (name)',

    `CREATE TABLE terminals (
      id TEXT PRIMARY KEY, session TEXT NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL,
      command TEXT NOT NULL, executable TEXT NOT NULL, args TEXT NOT NULL, environment TEXT NOT NULL,
      cwd TEXT NOT NULL, cols INTEGER NOT NULL, rows INTEGER NOT NULL, host TEXT, pid INTEGER,
      start_time TEXT, state TEXT NOT NULL, exit_code INTEGER, signal TEXT, created_at INTEGER NOT NULL,
      exited_at INTEGER, base INTEGER NOT NULL, title TEXT NOT NULL, last_cwd TEXT
    ) STRICT`,
    'CREATE UNIQUE INDEX terminals_name ON terminals (session, name)',

    `CREATE TABLE events (
      id INTEGER PRIMARY KEY, time INTEGER NOT NULL, session TEXT, body TEXT NOT NULL
    ) STRICT`,
    'CREATE INDEX events_session ON events (session)',
    'CREATE INDEX events_time ON events (time)',

    `CREATE TABLE commands (
      id INTEGER PRIMARY KEY, session TEXT NOT NULL, terminal TEXT NOT NULL, line TEXT NOT NULL,
      cwd TEXT, exit_code INTEGER, started_at INTEGER NOT NULL, ended_at INTEGER,
      start_offset INTEGER, end_offset INTEGER
    ) STRICT`,
    'CREATE INDEX commands_terminal ON commands (session, terminal)',
    'CREATE INDEX commands_started ON commands (started_at)',
    // An external content table keeps each line once; the triggers are those of the SQLite manual,
    // https://www.sqlite.org/fts3.html#_external_content_fts4_tables_
    'CREATE VIRTUAL TABLE commands_text USING fts4 (content="commands", line)',
    `CREATE TRIGGER commands_before_update BEFORE UPDATE ON commands BEGIN
      DELETE FROM commands_text WHERE docid = old.id;
    END`,
    `CREATE TRIGGER commands_before_delete BEFORE DELETE ON commands BEGIN
      DELETE FROM commands_text WHERE docid = old.id;
    END`,
    `CREATE TRIGGER commands_after_update AFTER UPDATE ON commands BEGIN
      INSERT INTO commands_text (docid, line) VALUES (new.id, new.line);
    END`,
    `CREATE TRIGGER commands_after_insert AFTER INSERT ON commands BEGIN
      INSERT INTO commands_text (docid, line) VALUES (new.id, new.line);
    END`,
  ],
  [
    'ALTER TABLE sessions ADD COLUMN loss_answered INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE terminals ADD COLUMN seen_cwd TEXT',
    'ALTER TABLE terminals ADD COLUMN stand_in TEXT',
    'ALTER TABLE terminals ADD COLUMN resurrected_at INTEGER',
  ],
  [
    'ALTER TABLE terminals ADD COLUMN shell_integration INTEGER NOT NULL DEFAULT 1',
    'ALTER TABLE terminals ADD COLUMN shell_nonce TEXT',
    'ALTER TABLE terminals ADD COLUMN is_integrated INTEGER NOT NULL DEFAULT 0',
    // Of a command: which prompt of its terminal it was entered at.
    'ALTER TABLE commands ADD COLUMN number INTEGER',
    'CREATE UNIQUE INDEX commands_number ON commands (terminal, number)',
  ],
  ['ALTER TABLE sessions ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0'],
  ['ALTER TABLE sessions ADD COLUMN position INTEGER'],
  ['ALTER TABLE sessions ADD COLUMN icon TEXT', 'ALTER TABLE sessions ADD COLUMN color TEXT'],
  ['ALTER TABLE sessions ADD COLUMN group_position INTEGER'],
];

/** The statements that bring a store from `version` to the newest one of `migrations`, one list a step. */
export const migrationsFrom = (
  version: number,
  migrations: readonly (readonly string[])[],
): readonly (readonly Statement[])[] =>
  migrations
    .slice(version)
    .map((statements, index) => [
      ...statements.map((sql): Statement => [sql, []]),
      [`PRAGMA user_version = ${version + index + 1}`, []],
    ]);

import { readSession, readTerminal } from './rowCodec';
import type { SessionRow, TerminalRow } from './rows';
import type { SqlDatabase, SqlRow } from './sqlite';

/** The row, or undefined when it can't be read. */
export const readable = <T>(row: SqlRow, read: (row: SqlRow) => T): T | undefined => {
  try {
    return read(row);
  } catch {
    // One poisoned row must not hide the others; opening the store reports it.
    return undefined;
  }
};

export const readAll = <T>(rows: readonly SqlRow[], read: (row: SqlRow) => T): readonly T[] =>
  rows.flatMap((row) => {
    const value = readable(row, read);
    return value === undefined ? [] : [value];
  });

/** A table's rows, and the poisoned ones among them, such as `sessions: <id>`. */
export interface TableRows<T> {
  readonly rows: readonly T[];
  readonly unreadable: readonly string[];
}

/** All sessions, oldest first. */
export const readSessions = (database: SqlDatabase): TableRows<SessionRow> =>
  readTable('sessions', database.rows('SELECT * FROM sessions ORDER BY created_at, rowid'), readSession);

/** All terminals of these sessions, in each session's order. */
export const readTerminals = (
  database: SqlDatabase,
  sessions: readonly SessionRow[],
): TableRows<TerminalRow> => {
  const known = new Set(sessions.map(({ id }) => id));
  const found = database.rows('SELECT * FROM terminals ORDER BY session, position, rowid');
  const { rows, unreadable } = readTable('terminals', found, readTerminal);
  return { rows: rows.filter(({ session }) => known.has(session)), unreadable };
};

const readTable = <T>(table: string, found: readonly SqlRow[], read: (row: SqlRow) => T): TableRows<T> => {
  const rows: T[] = [];
  const unreadable: string[] = [];
  for (const row of found) {
    const value = readable(row, read);
    if (value === undefined) {
      unreadable.push(`${table}: ${String(row.id)}`);
    } else {
      rows.push(value);
    }
  }
  return { rows, unreadable };
};

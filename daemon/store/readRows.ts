import { readSession, readTerminal } from './rowCodec';
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

/** The poisoned rows, such as `sessions: <id>`. */
export const unreadableRows = (database: SqlDatabase): readonly string[] => {
  const unreadable = (table: string, read: (row: SqlRow) => unknown): readonly string[] =>
    database
      .rows(`SELECT * FROM ${table}`)
      .filter((row) => readable(row, read) === undefined)
      .map((row) => `${table}: ${String(row.id)}`);
  return [...unreadable('sessions', readSession), ...unreadable('terminals', readTerminal)];
};

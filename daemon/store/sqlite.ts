import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import initSqlJs, { type Database, type Statement as Prepared, type SqlJsStatic } from 'sql.js';

/** What columns hold here; there are no blobs, so that every statement can be logged as JSON. */
export type SqlValue = string | number | null;
/** One SQL statement with its parameters: what the log is made of. */
export type Statement = readonly [sql: string, parameters: readonly SqlValue[]];
export type SqlRow = Readonly<Record<string, unknown>>;

const WASM_FILE = 'sql-wasm.wasm';

let loading: Promise<SqlJsStatic> | undefined;

/** SQLite itself, loaded once a process: beside the bundle, in development out of node_modules. */
export const loadSqlite = (): Promise<SqlJsStatic> => {
  loading ??= initSqlJs({ locateFile: locateWasm });
  return loading;
};

const locateWasm = (): string => {
  const beside = join(__dirname, WASM_FILE);
  return existsSync(beside) ? beside : createRequire(__filename).resolve(`sql.js/dist/${WASM_FILE}`);
};

/** More different texts than the store has; beyond that all are made anew. */
const MAX_PREPARED = 64;

/** A database in memory. */
export class SqlDatabase {
  private readonly _database: Database;
  /** Statements by their text: SQLite takes longer to understand one than to do it. */
  private readonly _prepared = new Map<string, Prepared>();

  /** @throws when `image` is given and is no SQLite database at all. */
  public constructor(sqlite: SqlJsStatic, image?: Uint8Array) {
    this._database = new sqlite.Database(image);
  }

  public run([sql, parameters]: Statement): void {
    const statement = this._prepare(sql);
    try {
      statement.run([...parameters]);
    } finally {
      statement.reset();
    }
  }

  public rows(sql: string, parameters: readonly SqlValue[] = []): SqlRow[] {
    const statement = this._prepare(sql);
    try {
      statement.bind([...parameters]);
      // sql.js's getAsObject asks for the names again with each row, which takes most of its time.
      const names = statement.getColumnNames();
      const rows: SqlRow[] = [];
      while (statement.step()) {
        const values = statement.get();
        rows.push(Object.fromEntries(names.map((name, index) => [name, values[index]])));
      }
      return rows;
    } finally {
      statement.reset();
    }
  }

  /** Applies all statements or none. @throws what the first failing one threw */
  public applyAll(statements: readonly Statement[]): void {
    this.run(['BEGIN', []]);
    try {
      for (const statement of statements) {
        this.run(statement);
      }
      this.run(['COMMIT', []]);
    } catch (error) {
      this.run(['ROLLBACK', []]);
      throw error;
    }
  }

  public get userVersion(): number {
    return Number(this.rows('PRAGMA user_version')[0]?.user_version ?? 0);
  }

  /** Whether SQLite finds its own structures in order. */
  public isIntact(): boolean {
    try {
      return this.rows('PRAGMA quick_check(1)')[0]?.quick_check === 'ok';
    } catch {
      // So broken that it can't be checked.
      return false;
    }
  }

  /** The database file's bytes. Not within a transaction. */
  public export(): Uint8Array {
    // sql.js opens the database anew for it, and all its statements are gone.
    this._prepared.clear();
    return this._database.export();
  }

  public close(): void {
    this._prepared.clear();
    this._database.close();
  }

  private _prepare(sql: string): Prepared {
    let statement = this._prepared.get(sql);
    if (statement === undefined) {
      if (this._prepared.size >= MAX_PREPARED) {
        this._freeAll();
      }
      statement = this._database.prepare(sql);
      this._prepared.set(sql, statement);
    }
    return statement;
  }

  private _freeAll(): void {
    for (const statement of this._prepared.values()) {
      statement.free();
    }
    this._prepared.clear();
  }
}

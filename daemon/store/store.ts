import { Disposable } from '../lifecycle/lifecycle';
import { ensurePrivateFolder } from '../platform/privateFolder';
import { HoldfastError } from '../protocol/errors';
import type { HoldfastEvent } from '../protocol/events';
import type { SessionId, TerminalId } from '../protocol/ids';
import { Generations } from './generations';
import { MIGRATIONS, migrationsFrom } from './migrations';
import { readAll, readSessions, readTerminals } from './readRows';
import { type Recovered, recover } from './recovery';
import { readCommand, readEvent } from './rowCodec';
import type { CommandRow, SessionRow, TerminalRow } from './rows';
import { loadSqlite, type SqlDatabase, type Statement } from './sqlite';
import { storeClosed, storeUnreadable, storeUnwritable } from './storeErrors';
import { StoreFiles } from './storeFiles';
import { RecordingWriter, type StoreWriter } from './writer';

export type { CommandRow, SessionRow, TerminalRow } from './rows';
export type { StoreWriter } from './writer';

/** What was found on opening. */
export interface StoreReport {
  /** Files that were broken and have been renamed or copied, with their new paths. */
  readonly setAside: readonly string[];
  /** Files that were set aside long ago and have made room for newer ones. */
  readonly dropped: readonly string[];
  /** How many changes were read from the logs. */
  readonly replayed: number;
  /** Rows that can't be read and are left out, such as `sessions: <id>`. */
  readonly unreadable: readonly string[];
}

export interface EventQuery {
  readonly session?: SessionId;
  /** Only the newest so many; all that are kept unless given. */
  readonly limit?: number;
}

export interface CommandQuery {
  readonly terminals: readonly TerminalId[];
  /** Only those whose exit code is known and not 0. */
  readonly failed?: boolean;
  /** Only the newest so many. */
  readonly limit?: number;
}

export interface StoreOptions {
  /** The schema this build knows. */
  readonly migrations?: readonly (readonly string[])[];
  /** The log's length at which the database file is written anew. */
  readonly exportAfterBytes?: number;
  /** Whether nobody else has begun a store in the folder since it was deleted or moved away: the lock tells. Always, unless given. */
  readonly mayBeginAgain?: () => boolean;
}

/**
 * The log is read in a few milliseconds a MiB when the store opens, and a database is a few MB to write:
 * at 4 MiB the file is written some times a day in heavy use.
 */
export const EXPORT_AFTER_BYTES = 4 * 1024 * 1024;

/** What a writer's statement is about: an event or a session's last use must not make all rows be read again. */
const TABLE_WRITTEN = /^(?:INSERT INTO|DELETE FROM) (\w+)/;

interface Pending {
  readonly write: (writer: StoreWriter) => void;
  readonly resolve: () => void;
  readonly reject: (error: HoldfastError) => void;
}

/**
 * Sessions, terminals and events on disk. What `change` has confirmed survives every crash; what readers see
 * is always what is confirmed. One process at a time may have a folder's store open (the daemon's lock).
 */
export class Store extends Disposable {
  private readonly _queue: Pending[] = [];
  private _running: Promise<void> | undefined;
  private _closing: Promise<void> | undefined;
  private _sessions: readonly SessionRow[] | undefined;
  private _terminals: readonly TerminalRow[] | undefined;

  private constructor(
    private readonly _folder: string,
    private readonly _database: SqlDatabase,
    private readonly _generations: Generations,
    public readonly report: StoreReport,
  ) {
    super();
  }

  /**
   * Opens the store in `folder` (created, 0700), or begins one.
   * @throws STORE_ERROR when it is of a newer build, or can't be read or written; then it is left as it is.
   */
  public static async open(folder: string, options: StoreOptions = {}): Promise<Store> {
    ensurePrivateFolder(folder);
    const migrations = options.migrations ?? MIGRATIONS;
    try {
      const recovered = await recover(new StoreFiles(folder), await loadSqlite(), migrations);
      return await Store._start(folder, recovered, migrations, options);
    } catch (error) {
      throw error instanceof HoldfastError ? error : storeUnreadable(folder, error);
    }
  }

  private static async _start(
    folder: string,
    recovered: Recovered,
    migrations: readonly (readonly string[])[],
    { exportAfterBytes = EXPORT_AFTER_BYTES, mayBeginAgain = () => true }: StoreOptions,
  ): Promise<Store> {
    const { database, log, setAside, dropped, replayed } = recovered;
    try {
      for (const step of migrationsFrom(database.userVersion, migrations)) {
        await log.append([step]);
        database.applyAll(step);
      }
      // Read once: of a thousand sessions it takes as long as the rest of the opening.
      const sessions = readSessions(database);
      const terminals = readTerminals(database, sessions.rows);
      const unreadable = [...sessions.unreadable, ...terminals.unreadable];
      const report = { setAside, dropped, replayed, unreadable };
      const generations = new Generations(new StoreFiles(folder), recovered, exportAfterBytes, mayBeginAgain);
      if (setAside.length > 0) {
        await generations.export();
      }
      const store = new Store(folder, database, generations, report);
      store._sessions = sessions.rows;
      store._terminals = terminals.rows;
      return store;
    } catch (error) {
      await log.close();
      database.close();
      throw error;
    }
  }

  /** All sessions, oldest first. */
  public sessions(): readonly SessionRow[] {
    const database = this._open();
    this._sessions ??= readSessions(database).rows;
    return this._sessions;
  }

  /** All terminals of these sessions, in each session's order. */
  public terminals(): readonly TerminalRow[] {
    const database = this._open();
    this._terminals ??= readTerminals(database, this.sessions()).rows;
    return this._terminals;
  }

  /** What happened, newest last. */
  public events(query: EventQuery = {}): readonly HoldfastEvent[] {
    const { session = null, limit = -1 } = query;
    const rows = this._open().rows(
      'SELECT body FROM events WHERE ?1 IS NULL OR session = ?1 ORDER BY id DESC LIMIT ?2',
      [session, limit],
    );
    return readAll(rows.reverse(), readEvent);
  }

  /** Commands of these terminals, oldest first. */
  public commands(query: CommandQuery): readonly CommandRow[] {
    const { terminals, failed = false, limit = -1 } = query;
    const rows = this._open().rows(
      'SELECT * FROM commands WHERE terminal IN (SELECT value FROM json_each(?1)) AND number IS NOT NULL ' +
        'AND (?2 = 0 OR (exit_code IS NOT NULL AND exit_code <> 0)) ' +
        'ORDER BY started_at DESC, number DESC, terminal DESC LIMIT ?3',
      [JSON.stringify(terminals), failed ? 1 : 0, limit],
    );
    return readAll(rows.reverse(), readCommand);
  }

  /** The command of a terminal that has begun last. */
  public newestCommand(terminal: TerminalId): CommandRow | undefined {
    const rows = this._open().rows(
      'SELECT * FROM commands WHERE terminal = ? AND number IS NOT NULL ORDER BY number DESC LIMIT 1',
      [terminal],
    );
    return readAll(rows, readCommand)[0];
  }

  /** How many commands are kept of each terminal that has some. */
  public commandCounts(): ReadonlyMap<TerminalId, number> {
    const rows = this._open().rows('SELECT terminal, count(*) AS kept FROM commands GROUP BY terminal');
    return new Map(rows.map((row) => [String(row.terminal) as TerminalId, Number(row.kept)]));
  }

  public commandCount(terminal: TerminalId): number {
    return Number(
      this._open().rows('SELECT count(*) AS kept FROM commands WHERE terminal = ?', [terminal])[0]?.kept,
    );
  }

  /**
   * All or nothing; resolved when it is on disk. `write` runs a moment later, in the order of the calls.
   * @throws what `write` throws (SESSION_EXISTS, …), or STORE_ERROR when the disk does not take it; then
   * nothing has changed, and a later change may succeed.
   */
  public change(write: (writer: StoreWriter) => void): Promise<void> {
    if (this._isDisposed || this._closing !== undefined) {
      return Promise.reject(storeClosed());
    }
    return new Promise((resolve, reject) => {
      this._queue.push({ write, resolve, reject });
      this._running ??= this._run();
    });
  }

  /**
   * Looks whether the log is what was written, and writes all anew where it is not: somebody may have emptied or deleted it, and what it
   * held is confirmed. To be called from time to time; a change looks by itself.
   */
  public async look(): Promise<void> {
    if (!this._isDisposed && this._closing === undefined && !this._generations.isIntact) {
      this._running ??= this._mend();
      await this._running;
    }
  }

  /** Waits for what was begun, writes the database file and closes; a second call waits for the first. */
  public close(): Promise<void> {
    this._closing ??= this._close('export');
    return this._closing;
  }

  /** Closes without writing the database file: the log has everything. */
  public override dispose(): void {
    super.dispose();
    for (const pending of this._queue.splice(0)) {
      pending.reject(storeClosed());
    }
    // Nobody waits for it, and a log that can't be closed has nothing left to lose.
    this._closing ??= this._close('leave').catch(() => undefined);
  }

  private async _close(how: 'export' | 'leave'): Promise<void> {
    await this._running;
    if (how === 'export') {
      await this._generations.export();
    }
    super.dispose();
    await this._generations.close();
    this._database.close();
  }

  private _open(): SqlDatabase {
    if (this._isDisposed) {
      throw storeClosed();
    }
    return this._database;
  }

  private async _mend(): Promise<void> {
    // Where it can't be written now, the next change is told.
    await this._generations.mend().catch(() => undefined);
    await this._run();
  }

  /** Takes what has come in, writes it with one flush, and goes on until nothing is left. */
  private async _run(): Promise<void> {
    // Changes of the same moment share the first flush too.
    await Promise.resolve();
    while (this._queue.length > 0) {
      const batch = this._queue.splice(0);
      try {
        await this._commit(batch);
      } catch (error) {
        this._fail(batch, error);
        break;
      }
      if (this._generations.isExportDue) {
        await this._generations.export();
      }
    }
    this._running = undefined;
  }

  private async _commit(batch: readonly Pending[]): Promise<void> {
    const accepted = this._rehearse(batch);
    const changes = accepted
      .map(({ statements }) => statements)
      .filter((statements) => statements.length > 0);
    if (changes.length > 0) {
      try {
        await this._generations.append(changes);
      } catch (error) {
        for (const { pending } of accepted) {
          pending.reject(storeUnwritable(this._folder, error));
        }
        return;
      }
      this._database.applyAll(changes.flat());
    }
    const touched = new Set(changes.flat().map(([sql]) => TABLE_WRITTEN.exec(sql)?.[1]));
    this._sessions = touched.has('sessions') ? undefined : this._sessions;
    this._terminals = touched.has('terminals') ? undefined : this._terminals;
    for (const { pending } of accepted) {
      pending.resolve();
    }
  }

  /** SQLite itself gave up (no memory, say), so memory may not be what is on disk: only opening anew helps. */
  private _fail(batch: readonly Pending[], cause: unknown): void {
    for (const pending of batch) {
      pending.reject(storeUnwritable(this._folder, cause));
    }
    this.dispose();
  }

  /**
   * Finds out what each change consists of and whether it can be done, and takes all back: readers and the
   * next change must not see what the disk may yet refuse.
   */
  private _rehearse(
    batch: readonly Pending[],
  ): readonly { readonly pending: Pending; readonly statements: readonly Statement[] }[] {
    const accepted: { pending: Pending; statements: readonly Statement[] }[] = [];
    this._database.run(['BEGIN', []]);
    for (const pending of batch) {
      const writer = new RecordingWriter(this._database);
      this._database.run(['SAVEPOINT change', []]);
      try {
        pending.write(writer);
        accepted.push({ pending, statements: writer.finish() });
      } catch (error) {
        writer.finish();
        this._database.run(['ROLLBACK TO change', []]);
        pending.reject(HoldfastError.from(error));
      }
      this._database.run(['RELEASE change', []]);
    }
    this._database.run(['ROLLBACK', []]);
    return accepted;
  }
}

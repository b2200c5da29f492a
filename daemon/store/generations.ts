import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { ensureDataFolder } from '../platform/dataFolder';
import { syncFolder } from '../platform/privateFile';
import { requireOwnFolder } from '../platform/privateFolder';
import { writeFlushed } from './durableFile';
import { LogFile } from './logFile';
import { type LoggedChange, sha256 } from './logFormat';
import type { Recovered } from './recovery';
import type { SqlDatabase } from './sqlite';
import type { StoreFiles } from './storeFiles';

/** The store on disk: the database file, the one before it, and the logs since that one. */
export class Generations {
  private readonly _database: SqlDatabase;
  private _log: LogFile;
  private _base: Recovered['base'];
  private _exportAt: number;

  /**
   * @param _exportAfter the log's length in bytes at which an export is due
   * @param _mayBeginAgain whether the folder is this process's still: once it was deleted, another one may have begun a store there
   */
  public constructor(
    private readonly _files: StoreFiles,
    recovered: Recovered,
    private readonly _exportAfter: number,
    private readonly _mayBeginAgain: () => boolean,
  ) {
    this._database = recovered.database;
    this._log = recovered.log;
    this._base = recovered.base;
    this._exportAt = _exportAfter;
  }

  public get isExportDue(): boolean {
    return this._log.length >= this._exportAt;
  }

  /** On disk when it resolves; when it rejects, nothing of it is. */
  public async append(changes: readonly LoggedChange[]): Promise<void> {
    await this.mend();
    await this._log.append(changes);
  }

  /** Whether the log is what was written. */
  public get isIntact(): boolean {
    return this._log.isIntact;
  }

  /**
   * Writes all anew where the log is not what was written: it was deleted with its folder, emptied, or written by others. What is in
   * memory is all there is then.
   */
  public async mend(): Promise<void> {
    if (!this._log.isIntact) {
      ensureDataFolder(this._files.folder);
      await this._export();
    }
  }

  /**
   * Writes the database file if anything has changed since. Never rejects: the log has everything, so a disk
   * that does not take the file now costs the next start some time, and it is tried again later.
   */
  public async export(): Promise<void> {
    if (this._log.changes === 0 && this._base.isCurrent) {
      return;
    }
    try {
      await this._export();
    } catch {
      this._exportAt = this._log.length + this._exportAfter;
    }
  }

  public close(): Promise<void> {
    return this._log.close();
  }

  /**
   * The rename to the database's name is the moment that counts: before it everything goes on in the old log,
   * from it on in the new one, whatever else fails.
   */
  private async _export(): Promise<void> {
    const { _files: files, _database: database, _log: log } = this;
    const generation = log.generation + 1;
    // Another may have been put in its place since the log was opened.
    requireOwnFolder(files.folder);
    if (log.isGone && !this._mayBeginAgain()) {
      throw new Error('another daemon has begun a store there, since the folder was deleted or moved away');
    }
    await log.settle();
    database.run(["INSERT OR REPLACE INTO meta (key, value) VALUES ('generation', ?)", [String(generation)]]);
    const image = database.export();
    let next: LogFile | undefined;
    try {
      await writeFlushed(files.next, image);
      const base = { sha256: sha256(image), bytes: image.length };
      next = await LogFile.create(files.log(generation), generation, base);
      syncFolder(files.folder);
      if (this._base.isCurrent && existsSync(files.database)) {
        await rename(files.database, files.previous);
        this._base = { ...this._base, isCurrent: false };
      }
      await rename(files.next, files.database);
    } catch (error) {
      await next?.close();
      await rm(files.log(generation), { force: true });
      await rm(files.next, { force: true });
      throw error;
    }
    const oldest = this._base.generation;
    this._log = next;
    this._base = { generation, isCurrent: true };
    this._exportAt = this._exportAfter;
    await log.close();
    for (const old of await files.logs()) {
      if (old < oldest) {
        await rm(files.log(old), { force: true });
      }
    }
  }
}

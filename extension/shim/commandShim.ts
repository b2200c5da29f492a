import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureRuntimeCopy, findProgram, makeFolders, type RuntimeChooser } from '../../daemon/client';
import { COMMAND_FOLDER, RUNTIME_FOLDER } from '../../daemon/protocol/endpoint';
import { shimFile } from './shim';

/**
 * The command `holdfast` at a place that stays the same over updates, for the PATH of terminals. In the data folder, as
 * sessions outlive the extension and so does what reaches them.
 */
export class CommandShim {
  /** Where it is kept. */
  public readonly folder: string;
  private _written: Promise<string> | undefined;

  /**
   * @param _distFolder the built program of this extension;
   * @param _choose the runtime that the daemon is started with.
   */
  public constructor(
    private readonly _distFolder: string,
    private readonly _dataDir: string,
    private readonly _choose: RuntimeChooser,
  ) {
    this.folder = join(_dataDir, COMMAND_FOLDER);
  }

  /** Writes it unless it is up to date. @returns its path. @throws HoldfastError when nothing can run the daemon */
  public ensure(): Promise<string> {
    this._written ??= this._write().catch((error: unknown) => {
      this._written = undefined;
      throw error;
    });
    return this._written;
  }

  private async _write(): Promise<string> {
    const copy = ensureRuntimeCopy(findProgram(this._distFolder), this._dataDir);
    const runtime = await this._choose({
      folder: copy.folder,
      buildId: copy.buildId,
      cacheFolder: join(this._dataDir, RUNTIME_FOLDER),
    });
    const { name, content } = shimFile(
      {
        executable: runtime.executable,
        electron: runtime.electron === true,
        script: join(copy.folder, 'cli.js'),
      },
      process.platform,
    );
    const path = join(this.folder, name);
    if (readText(path) !== content) {
      makeFolders(this.folder, 0o700);
      const temporary = `${path}.${process.pid}.tmp`;
      writeFileSync(temporary, content);
      chmodSync(temporary, 0o755);
      renameSync(temporary, path);
    }
    return path;
  }
}

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not there yet.
    return undefined;
  }
};

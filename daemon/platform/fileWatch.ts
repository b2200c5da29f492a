import { type FSWatcher, watch } from 'node:fs';
import type { IDisposable } from '../lifecycle/lifecycle';

/**
 * Tells within milliseconds that a file may have gone: deleted, replaced or moved away. Where the system can't tell (network
 * file systems, no watch left to have), it stays silent; whoever must know looks from time to time, too.
 * The file itself is watched, not its folder, whose other files change all the time.
 */
export class FileWatch implements IDisposable {
  private _watcher: FSWatcher | undefined;

  public constructor(
    private readonly _path: string,
    private readonly _onDidChange: () => void,
  ) {}

  /** Watches the file that has the name now; the one before, if any, no more. */
  public begin(): void {
    this.dispose();
    try {
      const watcher = watch(this._path, { persistent: false }, () => this._onDidChange());
      // Windows tells so that the folder is gone.
      watcher.on('error', () => {
        watcher.close();
        this._onDidChange();
      });
      this._watcher = watcher;
    } catch {
      // Gone already, or not watchable: the next look finds out.
    }
  }

  public dispose(): void {
    this._watcher?.close();
    this._watcher = undefined;
  }
}

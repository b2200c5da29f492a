import { type FSWatcher, watch } from 'node:fs';
import type { IDisposable } from '../lifecycle/lifecycle';

/**
 * Tells within milliseconds that a file may have gone: deleted, replaced or moved away. Where the system can't tell (network
 * file systems, no watch left to have), it stays silent; whoever must know looks from time to time, too.
 * The file itself is watched, not its folder, whose other files change all the time; one further up may be watched beside it, which
 * is moved away with all that is in it.
 */
export class FileWatch implements IDisposable {
  private readonly _watchers: FSWatcher[] = [];

  public constructor(
    private readonly _path: string,
    private readonly _onDidChange: () => void,
    private readonly _above?: string,
  ) {}

  /** Watches the file that has the name now; the one before, if any, no more. */
  public begin(): void {
    this.dispose();
    this._watch(this._path);
    if (this._above !== undefined) {
      this._watch(this._above);
    }
  }

  private _watch(path: string): void {
    try {
      const watcher = watch(path, { persistent: false }, () => this._onDidChange());
      // Windows tells so that the folder is gone.
      watcher.on('error', () => {
        watcher.close();
        this._onDidChange();
      });
      this._watchers.push(watcher);
    } catch {
      // Gone already, or not watchable: the next look finds out.
    }
  }

  public dispose(): void {
    for (const watcher of this._watchers.splice(0)) {
      watcher.close();
    }
  }
}

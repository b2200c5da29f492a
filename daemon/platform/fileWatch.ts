import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { IDisposable } from '../lifecycle/lifecycle';

/** A folder further up may be a home, where others write as they like: one that tells of so many of their files is not listened to for a while. */
const MAX_STRANGERS = 20;
/** Whoever must know looks as often as that by itself. */
const DEAF_MS = 5000;

/**
 * Tells within milliseconds that a file may have gone: deleted, replaced or moved away. Where the system can't tell (network
 * file systems, no watch left to have), it stays silent; whoever must know looks from time to time, too.
 * The file itself is watched, not its folder, whose other files change all the time; one further up may be watched beside it, which
 * is moved away with all that is in it. On Linux those above that one are, too; macOS would tell of all that changes below them.
 */
export class FileWatch implements IDisposable {
  private readonly _watchers = new Set<FSWatcher>();
  private readonly _timers = new Set<NodeJS.Timeout>();

  public constructor(
    private readonly _path: string,
    private readonly _onDidChange: () => void,
    private readonly _above?: string,
  ) {}

  /** Watches the file that has the name now; the one before, if any, no more. */
  public begin(): void {
    this.dispose();
    this._watch(this._path, () => this._onDidChange());
    if (this._above === undefined) {
      return;
    }
    this._watch(this._above, () => this._onDidChange());
    if (process.platform === 'linux') {
      for (let below = this._above; dirname(below) !== below; below = dirname(below)) {
        this._watchEntry(dirname(below), basename(below));
      }
    }
  }

  public dispose(): void {
    for (const watcher of this._watchers) {
      watcher.close();
    }
    this._watchers.clear();
    for (const timer of this._timers) {
      clearTimeout(timer);
    }
    this._timers.clear();
  }

  /** Of a folder's entries, only what becomes of this one is told. */
  private _watchEntry(folder: string, name: string): void {
    let strangers = 0;
    let from = performance.now();
    const watcher = this._watch(folder, (changed) => {
      if (changed === null || changed === name) {
        this._onDidChange();
        return;
      }
      if (performance.now() - from > DEAF_MS) {
        strangers = 0;
        from = performance.now();
      }
      strangers += 1;
      if (strangers > MAX_STRANGERS && watcher !== undefined && this._watchers.delete(watcher)) {
        watcher.close();
        const timer = setTimeout(() => {
          this._timers.delete(timer);
          this._watchEntry(folder, name);
        }, DEAF_MS);
        timer.unref();
        this._timers.add(timer);
      }
    });
  }

  private _watch(path: string, onEvent: (name: string | null) => void): FSWatcher | undefined {
    try {
      const watcher = watch(path, { persistent: false }, (_, name) => onEvent(name));
      // Windows tells so that the folder is gone.
      watcher.on('error', () => {
        watcher.close();
        this._watchers.delete(watcher);
        this._onDidChange();
      });
      this._watchers.add(watcher);
      return watcher;
    } catch {
      // Gone already, or not watchable: the next look finds out.
      return undefined;
    }
  }
}

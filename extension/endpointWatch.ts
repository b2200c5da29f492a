import { existsSync, type FSWatcher, watch } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { IDisposable } from '../daemon/lifecycle/lifecycle';
import { ENDPOINT_FILE } from '../daemon/protocol/endpoint';

/** A file system that reports nothing (some network ones) is looked at this often. */
const LOOK_EVERY_MS = 5000;

/**
 * Calls back when a daemon may have begun to serve: its endpoint file appeared or changed. Makes nothing: where there is
 * no data folder yet, the nearest folder that there is on the way to it is watched until a first daemon makes it.
 */
export class EndpointWatch implements IDisposable {
  private _watched: string | undefined;
  private _watcher: FSWatcher | undefined;
  private readonly _timer: NodeJS.Timeout;

  public constructor(
    private readonly _dataDir: string,
    private readonly _onAppeared: () => void,
  ) {
    this._draw();
    this._timer = setInterval(() => {
      this._draw();
      this._look();
    }, LOOK_EVERY_MS);
    this._timer.unref();
  }

  public dispose(): void {
    clearInterval(this._timer);
    this._watcher?.close();
  }

  private _look(): void {
    if (existsSync(join(this._dataDir, ENDPOINT_FILE))) {
      this._onAppeared();
    }
  }

  /** Draws as near as it can: a folder may come up while its parent begins to be watched. */
  private _draw(): void {
    for (let near = nearest(this._dataDir); near !== this._watched; near = nearest(this._dataDir)) {
      this._watch(near);
    }
  }

  private _watch(folder: string): void {
    this._watcher?.close();
    this._watched = folder;
    const [awaited] = [...relative(folder, this._dataDir).split(sep), ENDPOINT_FILE].filter(Boolean);
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null || name === awaited) {
          this._draw();
          this._look();
        }
      });
      watcher.on('error', () => watcher.close());
      this._watcher = watcher;
    } catch {
      // Not watchable: the timer finds it a little later.
      this._watcher = undefined;
    }
  }
}

/** The folder itself, or the one above it that exists. */
const nearest = (folder: string): string =>
  existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder));

import { existsSync, type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { makeFolders } from '../daemon/client';
import type { IDisposable } from '../daemon/lifecycle/lifecycle';
import { ENDPOINT_FILE } from '../daemon/protocol/endpoint';

/** A file system that reports nothing (some network ones) is looked at this often. */
const LOOK_EVERY_MS = 5000;

/** Calls back when a daemon may have begun to serve: its endpoint file appeared or changed. */
export class EndpointWatch implements IDisposable {
  private _watcher: FSWatcher | undefined;
  private readonly _timer: NodeJS.Timeout;

  public constructor(dataDir: string, onAppeared: () => void) {
    const file = join(dataDir, ENDPOINT_FILE);
    const look = (): void => {
      if (existsSync(file)) {
        onAppeared();
      }
    };
    try {
      // The folder is watched before the first daemon makes it.
      makeFolders(dataDir, 0o700);
      this._watcher = watch(dataDir, { persistent: false }, (_event, name) => {
        if (name === null || name === ENDPOINT_FILE) {
          look();
        }
      });
      this._watcher.on('error', () => this._watcher?.close());
    } catch {
      // Not watchable: the timer finds it a little later.
    }
    this._timer = setInterval(look, LOOK_EVERY_MS);
    this._timer.unref();
  }

  public dispose(): void {
    clearInterval(this._timer);
    this._watcher?.close();
  }
}

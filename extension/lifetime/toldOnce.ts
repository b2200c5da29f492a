import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { startTimeOf } from '../../daemon/platform/processIdentity';

/**
 * What was said on this machine: files, because each window has a copy of its own of what VS Code keeps for the extension, and because
 * one of several windows is to say it. A thing is said again after the machine or the container has started anew, unless somebody has
 * asked not to.
 */
export class ToldOnce {
  private readonly _folder: string;

  /** @param dataDir named after the machine: a home may be shared by several */
  public constructor(storage: string, dataDir: string) {
    this._folder = join(storage, 'told', basename(dataDir));
  }

  /** Whether it is for us to say. */
  public async first(key: string): Promise<boolean> {
    await mkdir(this._folder, { recursive: true });
    // The first process of a machine or a container begins with it.
    const begun = (startTimeOf(1) ?? '').replace(/[^\w-]/g, '.');
    if (existsSync(this._file(`${key}.never`))) {
      return false;
    }
    try {
      // Made by one window only.
      await writeFile(this._file(`${key}.${begun}`), '', { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
        return false;
      }
      throw error;
    }
  }

  public async never(key: string): Promise<void> {
    await writeFile(this._file(`${key}.never`), '');
  }

  private _file(name: string): string {
    return join(this._folder, name);
  }
}

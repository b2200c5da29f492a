import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The system's own files, below a root: that of a machine whose systemd or container is to be tried where there is none. */
export class SystemFiles {
  public constructor(private readonly _root: string) {}

  /** Another root for tests, which HOLDFAST_SYSTEM_ROOT names. */
  public static from(env: NodeJS.ProcessEnv): SystemFiles {
    const root = env['HOLDFAST_SYSTEM_ROOT'];
    return new SystemFiles(root === undefined || root === '' ? '/' : root);
  }

  /** @returns nothing of a file that is absent or not for us to read: then it says nothing */
  public text(path: string): string {
    try {
      return readFileSync(join(this._root, path), 'utf8');
    } catch {
      // Absent in most containers.
      return '';
    }
  }

  public has(path: string): boolean {
    return existsSync(join(this._root, path));
  }

  public names(folder: string): readonly string[] {
    try {
      return readdirSync(join(this._root, folder));
    } catch {
      // Most of the folders that systemd looks into are not there.
      return [];
    }
  }
}

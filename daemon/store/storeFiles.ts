import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setAsideNames } from '../platform/brokenFile';
import { JOURNALS_FOLDER, SET_ASIDE_NAME, STORE_FILE } from '../protocol/endpoint';

/** The names of the store's files; none but the database ends with its name. */
export class StoreFiles {
  public readonly database: string;
  /** The database of one generation earlier. */
  public readonly previous: string;
  /** A database being written; worth nothing until it is renamed. */
  public readonly next: string;

  public constructor(public readonly folder: string) {
    this.database = join(folder, STORE_FILE);
    this.previous = join(folder, `${STORE_FILE}.previous`);
    this.next = join(folder, `${STORE_FILE}.next`);
  }

  public log(generation: number): string {
    return join(this.folder, `${LOG_PREFIX}${generation}`);
  }

  /** The generations of the logs that are there, oldest first. */
  public async logs(): Promise<readonly number[]> {
    const names = await readdir(this.folder);
    return names
      .filter((name) => LOG_NAME.test(name))
      .map((name) => Number(name.slice(LOG_PREFIX.length)))
      .sort((a, b) => a - b);
  }

  /** Whether terminals have left their journals: then there was a store that knew them. */
  public async isOfTerminals(): Promise<boolean> {
    const names = await readdir(join(this.folder, JOURNALS_FOLDER)).catch(() => []);
    return names.length > 0;
  }

  /** Broken files that were set aside, oldest first. */
  public async setAside(): Promise<readonly string[]> {
    const names = (await readdir(this.folder)).filter((name) => SET_ASIDE_NAME.test(name));
    return setAsideNames(names).map((name) => join(this.folder, name));
  }
}

const LOG_PREFIX = 'holdfast.log.';
const LOG_NAME = /^holdfast\.log\.\d{1,15}$/;

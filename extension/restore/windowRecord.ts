import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { makeFolders } from '../../daemon/client';
import type { LeftTerminal } from '../terminals/layout';

/** A terminal that a window shows, as far as it takes to show it again. */
export interface RememberedTerminal {
  readonly session: string;
  readonly terminal: string;
  /** The tab's name, by which a dead tab is recognised. */
  readonly name: string;
  readonly readOnly: boolean;
  /** The editor group it is in, or null for the panel. */
  readonly column: number | null;
  /** Terminals of one split of the panel have the same. */
  readonly split?: string;
  /** Whether it was in front: of the panel, or of its editor group. */
  readonly front?: boolean;
  /** The task that runs in it. */
  readonly task?: { readonly name: string; readonly folder: string | null };
}

interface Owner {
  readonly pid: number;
  /** When the machine started, in seconds since 1970: a pid means nothing across a reboot. */
  readonly bootedAt: number;
}

interface RecordFile {
  readonly version: 1;
  /** The extension host that shows these terminals, or null once it has left. */
  readonly owner: Owner | null;
  readonly terminals: readonly RememberedTerminal[];
  /** Where stood what was closed, oldest first. */
  readonly left?: readonly LeftTerminal[];
}

/** Clocks are set and drift; two boots are never this close. */
const SAME_BOOT_SECONDS = 30;

/** The same for the same folders opened, whatever address the editor serves them at. */
export const windowKey = (paths: readonly string[]): string =>
  createHash('sha256')
    .update([...paths].sort().join('\0'))
    .digest('hex')
    .slice(0, 16);

/**
 * The terminals that this window shows, on disk at every change, because an extension host that is killed has no
 * last word. Two windows of one folder have a file each; a new window takes over one whose owner is gone.
 */
export class WindowRecord {
  private constructor(
    private readonly _path: string,
    private _terminals: readonly RememberedTerminal[],
    private _left: readonly LeftTerminal[],
  ) {}

  /** The file's name in the folder. */
  public get name(): string {
    return basename(this._path);
  }

  /** What the window showed when it was left. */
  public get terminals(): readonly RememberedTerminal[] {
    return this._terminals;
  }

  /** Where stood what was closed in it. */
  public get left(): readonly LeftTerminal[] {
    return this._left;
  }

  /**
   * Takes over the newest record that nobody owns, else begins an empty one.
   * @param except the record of this window itself
   */
  public static claim(folder: string, except?: WindowRecord): WindowRecord {
    const free = namesIn(folder)
      .filter((name) => name.endsWith('.json') && name !== except?.name)
      .map((name) => ({ path: join(folder, name), record: read(join(folder, name)) }))
      .filter(({ record }) => record === undefined || record.owner === null || !isAlive(record.owner));
    const best = free
      .filter(({ record }) => record !== undefined && !isEmpty(record.terminals, record.left))
      .sort((a, b) => Number(isShowing(a)) - Number(isShowing(b)) || a.path.localeCompare(b.path))
      .at(-1);
    for (const { path } of free) {
      if (path !== best?.path) {
        rmSync(path, { force: true });
      }
    }
    const mine = join(folder, `${Date.now()}-${randomUUID().slice(0, 8)}.json`);
    if (best !== undefined) {
      try {
        // Two windows that start at once: only one of them can rename the file.
        renameSync(best.path, mine);
        const record = new WindowRecord(mine, best.record?.terminals ?? [], best.record?.left ?? []);
        record.write(record.terminals, record.left);
        return record;
      } catch {
        // The other window was first; this one begins empty.
      }
    }
    return new WindowRecord(mine, [], []);
  }

  public write(terminals: readonly RememberedTerminal[], left: readonly LeftTerminal[] = []): void {
    this._terminals = terminals;
    this._left = left;
    this._save({ pid: process.pid, bootedAt: bootedAt() });
  }

  /** The window leaves: the next one may take over at once. */
  public release(): void {
    this._save(null);
  }

  private _save(owner: Owner | null): void {
    if (isEmpty(this._terminals, this._left)) {
      rmSync(this._path, { force: true });
      return;
    }
    const content: RecordFile = { version: 1, owner, terminals: this._terminals, left: this._left };
    makeFolders(dirname(this._path), 0o700);
    const temporary = `${this._path}.tmp`;
    writeFileSync(temporary, JSON.stringify(content), { mode: 0o600 });
    renameSync(temporary, this._path);
  }
}

/** A window that has nothing to note makes no folder for it. */
const namesIn = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder) : []);

/** Terminals are worth more than places of closed ones. */
const isShowing = ({ record }: { readonly record: RecordFile | undefined }): boolean =>
  (record?.terminals.length ?? 0) > 0;

const isEmpty = (terminals: readonly RememberedTerminal[], left: readonly LeftTerminal[] = []): boolean =>
  terminals.length === 0 && left.length === 0;

const bootedAt = (): number => Math.round(Date.now() / 1000 - uptime());

const isAlive = (owner: Owner): boolean => {
  if (owner.pid === process.pid || Math.abs(owner.bootedAt - bootedAt()) > SAME_BOOT_SECONDS) {
    return false;
  }
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const read = (path: string): RecordFile | undefined => {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Partial<RecordFile> | null;
    return value?.version === 1 && Array.isArray(value.terminals)
      ? {
          version: 1,
          owner: value.owner ?? null,
          terminals: value.terminals.filter(isRemembered),
          left: Array.isArray(value.left) ? value.left.filter(isLeft) : [],
        }
      : undefined;
  } catch {
    // Unreadable or half written by another program: nothing to restore from it.
    return undefined;
  }
};

const isRemembered = (value: unknown): value is RememberedTerminal => {
  const candidate = value as Partial<RememberedTerminal> | null;
  return (
    typeof candidate?.session === 'string' &&
    typeof candidate.terminal === 'string' &&
    typeof candidate.name === 'string' &&
    typeof candidate.readOnly === 'boolean' &&
    (candidate.column === null || typeof candidate.column === 'number') &&
    (candidate.split === undefined || typeof candidate.split === 'string') &&
    (candidate.front === undefined || typeof candidate.front === 'boolean') &&
    (candidate.task === undefined || isTask(candidate.task))
  );
};

const isTask = (value: unknown): boolean => {
  const candidate = value as Partial<NonNullable<RememberedTerminal['task']>> | null;
  return (
    typeof candidate?.name === 'string' && (candidate.folder === null || typeof candidate.folder === 'string')
  );
};

const isLeft = (value: unknown): value is LeftTerminal => {
  const candidate = value as Partial<LeftTerminal> | null;
  return (
    typeof candidate?.key === 'string' &&
    typeof candidate.split === 'string' &&
    Number.isFinite(candidate.rank) &&
    (candidate.column === null || typeof candidate.column === 'number')
  );
};

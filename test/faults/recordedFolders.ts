import fs from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Coins, half, lengthAlone, mixedSectors, type Written } from './halfWritten';
import { RecordedNames } from './recordedNames';
import { ReplacedCalls } from './replacedCalls';

/** How many mixtures are tried behind each call, beside what is the same for all files. */
const MIXTURES = 3;

interface File extends Written {
  /** Never changed: replaced. */
  seen: Buffer;
  flushed: Buffer;
  /** Of flushes that run beside others, only the one that was begun last counts. */
  flushes: number;
}

type Folder = RecordedNames<File>;
type ContentOf = (file: File) => Buffer;
type NamesOf = (folder: Folder) => ReadonlyMap<string, File>;

/** The files of some folders after a cut: by path. */
export type FolderRemains = ReadonlyMap<string, Buffer>;

/**
 * Takes part in the synchronous calls that change some folders' files, and in `fdatasync` beside them, and tells after each
 * one what a power cut at this moment could leave. The calls are made for real too.
 */
export class RecordedFolders {
  private readonly _folders: ReadonlyMap<string, Folder>;
  private readonly _open = new Map<number, File | Folder>();
  private readonly _calls = new ReplacedCalls();

  /** @param _onCall hears of each call when it has been made */
  public constructor(
    folders: readonly string[],
    private readonly _coins: Coins,
    private readonly _onCall: (call: string, remains: () => readonly FolderRemains[]) => void,
  ) {
    this._folders = new Map(folders.map((path) => [path, new RecordedNames<File>()]));
  }

  /** Begins to listen, for this whole process. The folders are empty. */
  public install(): void {
    const { openSync, closeSync, writeSync, ftruncateSync, renameSync, rmSync, writeFileSync } = fs;
    this._calls.replace(fs, 'openSync', ((...args: Parameters<typeof openSync>) => {
      const fd = openSync(...args);
      this._opened(fd, resolve(String(args[0])), String(args[1]));
      return fd;
    }) as typeof openSync);
    this._calls.replace(fs, 'closeSync', (fd) => {
      this._open.delete(fd);
      closeSync(fd);
    });
    this._calls.replace(fs, 'writeSync', ((...args: [number, Uint8Array, number?, number?, number?]) => {
      const [fd, bytes, from = 0] = args;
      const written = (writeSync as (...given: unknown[]) => number)(...args);
      this._changed(fd, 'write', (seen) => {
        assertAppends(args);
        return Buffer.concat([seen, bytes.subarray(from, from + written)]);
      });
      return written;
    }) as unknown as typeof writeSync);
    this._calls.replace(fs, 'ftruncateSync', (fd, length) => {
      ftruncateSync(fd, length);
      this._changed(fd, 'truncate', (seen) => seen.subarray(0, length ?? 0));
    });
    this._calls.replace(fs, 'writeFileSync', (path, data, options) => {
      writeFileSync(path, data, options);
      this._written(resolve(String(path)), Buffer.from(data as string | Uint8Array));
    });
    this._calls.replace(fs, 'renameSync', (from, to) => {
      renameSync(from, to);
      this._renamed(resolve(String(from)), resolve(String(to)));
    });
    this._calls.replace(fs, 'rmSync', (path, options) => {
      rmSync(path, options);
      const [folder, name] = this._place(resolve(String(path)));
      if (folder?.seen.delete(name) === true) {
        this._called(`rm ${name}`);
      }
    });
    this._replaceFlushes();
  }

  public uninstall(): void {
    this._calls.restore();
  }

  private _replaceFlushes(): void {
    const { fsyncSync, fdatasyncSync, fdatasync } = fs;
    const flushing =
      (flush: (fd: number) => void) =>
      (fd: number): void => {
        flush(fd);
        this._flush(fd)?.();
      };
    this._calls.replace(fs, 'fsyncSync', flushing(fsyncSync));
    this._calls.replace(fs, 'fdatasyncSync', flushing(fdatasyncSync));
    this._calls.replace(fs, 'fdatasync', ((fd: number, done: fs.NoParamCallback) => {
      // What is written while it runs may be on the disk or not.
      const flushed = this._flush(fd);
      fdatasync(fd, (error) => {
        flushed?.();
        done(error);
      });
    }) as typeof fdatasync);
  }

  /** @returns what is to be called when it is done */
  private _flush(fd: number): (() => void) | undefined {
    const opened = this._open.get(fd);
    if (opened === undefined) {
      return undefined;
    }
    if (opened instanceof RecordedNames) {
      return () => {
        opened.flush();
        this._called('fsync of a folder');
      };
    }
    const { seen } = opened;
    opened.flushes += 1;
    const flush = opened.flushes;
    return () => {
      opened.flushed = flush === opened.flushes ? seen : opened.flushed;
      this._called('flush');
    };
  }

  private _opened(fd: number, path: string, flags: string): void {
    const whole = this._folders.get(path);
    const [folder, name] = this._place(path);
    if (whole !== undefined) {
      this._open.set(fd, whole);
    } else if (folder !== undefined) {
      const file = folder.seen.get(name) ?? newFile();
      this._open.set(fd, file);
      if (flags !== 'r' && !folder.seen.has(name)) {
        folder.seen.set(name, file);
        this._called(`create ${name}`);
      }
    }
  }

  private _changed(fd: number, call: string, change: (seen: Buffer) => Buffer): void {
    const file = this._open.get(fd);
    if (file !== undefined && !(file instanceof RecordedNames)) {
      file.seen = change(file.seen);
      this._called(call);
    }
  }

  private _written(path: string, bytes: Buffer): void {
    const [folder, name] = this._place(path);
    if (folder !== undefined) {
      const file = folder.seen.get(name) ?? newFile();
      folder.seen.set(name, file);
      file.seen = bytes;
      this._called(`write ${name}`);
    }
  }

  private _renamed(from: string, to: string): void {
    const [folder, name] = this._place(from);
    if (folder?.seen.has(name) === true) {
      folder.rename(name, basename(to));
      this._called(`rename ${name}`);
    }
  }

  private _called(call: string): void {
    for (const folder of this._folders.values()) {
      folder.called();
    }
    this._onCall(call, () => this._remains());
  }

  private _remains(): readonly FolderRemains[] {
    const alike = ALL_CONTENTS.flatMap((content) =>
      ALL_NAMES.map((names) => this._remain(names, () => content)),
    );
    const mixed = Array.from({ length: MIXTURES }, () =>
      this._remain(
        ({ flushed, between }) => {
          const all = [flushed, ...between];
          return all[this._coins.toss(all.length)] ?? flushed;
        },
        () => ALL_CONTENTS[this._coins.toss(ALL_CONTENTS.length + 1)] ?? this._sectors,
      ),
    );
    return [...alike, ...mixed];
  }

  private _remain(names: NamesOf, content: () => ContentOf): FolderRemains {
    return new Map(
      [...this._folders].flatMap(([path, folder]) =>
        [...names(folder)].map(([name, file]): [string, Buffer] => [join(path, name), content()(file)]),
      ),
    );
  }

  private readonly _sectors: ContentOf = (file) => mixedSectors(file, this._coins);

  private _place(path: string): readonly [Folder | undefined, string] {
    return [this._folders.get(dirname(path)), basename(path)];
  }
}

const newFile = (): File => ({ seen: Buffer.alloc(0), flushed: Buffer.alloc(0), flushes: 0 });

const assertAppends = ([, , from, length, position]: readonly unknown[]): void => {
  if (length !== undefined || (position !== undefined && position !== null)) {
    throw new Error(`only appending writes are recorded, not one from ${String(from)} to a place`);
  }
};

const SEEN: ContentOf = ({ seen }) => seen;
const FLUSHED: ContentOf = ({ flushed }) => flushed;

const ALL_CONTENTS: readonly ContentOf[] = [SEEN, FLUSHED, half, lengthAlone];
const ALL_NAMES: readonly NamesOf[] = [({ seen }) => seen, ({ flushed }) => flushed];

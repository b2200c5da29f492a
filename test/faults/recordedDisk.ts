import fs from 'node:fs';
import fsp from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';

interface File {
  /** What a reader sees now. */
  seen: Buffer;
  /** What was flushed: all that a power cut must leave. */
  flushed: Buffer;
}

/** Names and what they lead to: as readers see them, and as the folder's last flush has left them. */
interface Disk {
  readonly seen: ReadonlyMap<string, File>;
  readonly flushed: ReadonlyMap<string, File>;
}

type WriteSome = (
  bytes: Uint8Array,
  from: number,
  length: number,
  position: number,
) => Promise<{ readonly bytesWritten: number }>;

/** A folder's files after a cut: by name. */
export type Remains = ReadonlyMap<string, Buffer>;

/**
 * Takes part in every system call that changes a folder's files, of the kind the store makes, and tells after each
 * one what a power cut at this moment could leave: nothing more than was flushed, everything, and what lies between,
 * where names came to the disk before contents, or contents before names, some of the names, or half of what was written.
 * The calls are made for real too.
 */
export class RecordedDisk {
  public calls = 0;
  private _seen = new Map<string, File>();
  private _flushed = new Map<string, File>();
  /** As the names were after each change of them since the folder's last flush: a disk may have come as far as any. */
  private _between: ReadonlyMap<string, File>[] = [];
  private readonly _originals: (() => void)[] = [];

  /** @param _onCall hears of each call when it has been made */
  public constructor(
    private readonly _folder: string,
    private readonly _onCall: (call: string, remains: readonly Remains[]) => void,
  ) {}

  /** Begins to listen, for this whole process. The folder is empty. */
  public install(): void {
    const { open, rename, rm } = fsp;
    this._replace(fsp, 'open', (async (...args: Parameters<typeof open>) => {
      const handle = await open(...args);
      return this._isOurs(args[0])
        ? this._watch(handle, basename(String(args[0])), String(args[1] ?? 'r'))
        : handle;
    }) as typeof open);
    this._replace(fsp, 'rename', (async (from, to) => {
      await rename(from, to);
      if (this._isOurs(from)) {
        const file = this._seen.get(basename(String(from)));
        this._seen.delete(basename(String(from)));
        if (file !== undefined) {
          this._seen.set(basename(String(to)), file);
        }
        this._called(`rename ${basename(String(from))} ${basename(String(to))}`);
      }
    }) as typeof rename);
    this._replace(fsp, 'rm', (async (path, options) => {
      await rm(path, options);
      if (this._isOurs(path) && this._seen.delete(basename(String(path)))) {
        this._called(`rm ${basename(String(path))}`);
      }
    }) as typeof rm);
    // The folder itself is flushed synchronously, by the only descriptor that is opened so.
    const { openSync, fsyncSync } = fs;
    let folder: number | undefined;
    this._replace(fs, 'openSync', ((...args: Parameters<typeof openSync>) => {
      const fd = openSync(...args);
      folder = resolve(String(args[0])) === this._folder ? fd : folder;
      return fd;
    }) as typeof openSync);
    this._replace(fs, 'fsyncSync', (fd) => {
      fsyncSync(fd);
      if (fd === folder) {
        folder = undefined;
        this._flushed = new Map(this._seen);
        this._between = [];
        this._called('fsync of the folder');
      }
    });
  }

  public uninstall(): void {
    for (const restore of this._originals.splice(0)) {
      restore();
    }
  }

  private _replace<T extends object, K extends keyof T>(module: T, name: K, other: T[K]): void {
    const original = module[name];
    module[name] = other;
    this._originals.push(() => {
      module[name] = original;
    });
  }

  private _isOurs(path: unknown): boolean {
    return typeof path === 'string' && dirname(resolve(path)) === this._folder;
  }

  private _watch(handle: fsp.FileHandle, name: string, flags: string): fsp.FileHandle {
    const file = this._seen.get(name) ?? { seen: Buffer.alloc(0), flushed: Buffer.alloc(0) };
    this._seen.set(name, file);
    if (flags.includes('w')) {
      file.seen = Buffer.alloc(0);
      this._called(`create ${name}`);
    }
    const write = (bytes: Uint8Array, position: number): void => {
      const before = file.seen;
      file.seen = Buffer.alloc(Math.max(before.length, position + bytes.length));
      before.copy(file.seen);
      file.seen.set(bytes, position);
      this._called(`write ${name}`);
    };
    const flush = (): void => {
      file.flushed = file.seen;
      this._called(`flush ${name}`);
    };
    const { write: writeSome, writeFile, truncate, sync, datasync } = handle;
    return Object.assign(handle, {
      write: async (bytes: Uint8Array, from: number, length: number, position: number) => {
        const result = await (writeSome as WriteSome).call(handle, bytes, from, length, position);
        write(bytes.subarray(from, from + result.bytesWritten), position);
        return result;
      },
      writeFile: async (content: Uint8Array) => {
        await writeFile.call(handle, content);
        write(content, 0);
      },
      truncate: async (length: number) => {
        await truncate.call(handle, length);
        file.seen = file.seen.subarray(0, length);
        this._called(`truncate ${name}`);
      },
      sync: async () => {
        await sync.call(handle);
        flush();
      },
      datasync: async () => {
        await datasync.call(handle);
        flush();
      },
    });
  }

  private _called(call: string): void {
    this.calls += 1;
    const last = this._between.at(-1) ?? this._flushed;
    if (last.size !== this._seen.size || [...this._seen].some(([name, file]) => last.get(name) !== file)) {
      this._between.push(new Map(this._seen));
    }
    this._onCall(call, [
      ...remainsOf({ seen: this._seen, flushed: this._flushed }),
      ...this._between
        .slice(0, -1)
        .flatMap((names) => [contents(names, (file) => file.flushed), contents(names, (file) => file.seen)]),
    ]);
  }
}

const remainsOf = ({ seen, flushed }: Disk): readonly Remains[] => [
  contents(seen, (file) => file.seen),
  contents(flushed, (file) => file.flushed),
  contents(seen, (file) => file.flushed),
  contents(flushed, (file) => file.seen),
  contents(seen, half),
  contents(flushed, half),
];

const contents = (names: ReadonlyMap<string, File>, of: (file: File) => Buffer): Remains =>
  new Map([...names].map(([name, file]) => [name, of(file)]));

/** Of what is not flushed the first half has come to the disk. */
const half = ({ seen, flushed }: File): Buffer => {
  const common = Math.min(seen.length, flushed.length);
  return seen.subarray(0, common + Math.floor((seen.length - common) / 2));
};

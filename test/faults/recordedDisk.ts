import fs from 'node:fs';
import fsp from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { half, type Written } from './halfWritten';
import { RecordedNames } from './recordedNames';
import { ReplacedCalls } from './replacedCalls';

interface File extends Written {
  seen: Buffer;
  flushed: Buffer;
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
  private readonly _names = new RecordedNames<File>();
  private readonly _replaced = new ReplacedCalls();

  /** @param _onCall hears of each call when it has been made */
  public constructor(
    private readonly _folder: string,
    private readonly _onCall: (call: string, remains: readonly Remains[]) => void,
  ) {}

  /** Begins to listen, for this whole process. The folder is empty. */
  public install(): void {
    const { open, rename, rm } = fsp;
    this._replaced.replace(fsp, 'open', (async (...args: Parameters<typeof open>) => {
      const handle = await open(...args);
      return this._isOurs(args[0])
        ? this._watch(handle, basename(String(args[0])), String(args[1] ?? 'r'))
        : handle;
    }) as typeof open);
    this._replaced.replace(fsp, 'rename', (async (from, to) => {
      await rename(from, to);
      if (this._isOurs(from)) {
        this._names.rename(basename(String(from)), basename(String(to)));
        this._called(`rename ${basename(String(from))} ${basename(String(to))}`);
      }
    }) as typeof rename);
    this._replaced.replace(fsp, 'rm', (async (path, options) => {
      await rm(path, options);
      if (this._isOurs(path) && this._names.seen.delete(basename(String(path)))) {
        this._called(`rm ${basename(String(path))}`);
      }
    }) as typeof rm);
    // The folder itself is flushed synchronously, by the only descriptor that is opened so.
    const { openSync, fsyncSync } = fs;
    let folder: number | undefined;
    this._replaced.replace(fs, 'openSync', ((...args: Parameters<typeof openSync>) => {
      const fd = openSync(...args);
      folder = resolve(String(args[0])) === this._folder ? fd : folder;
      return fd;
    }) as typeof openSync);
    this._replaced.replace(fs, 'fsyncSync', (fd) => {
      fsyncSync(fd);
      if (fd === folder) {
        folder = undefined;
        this._names.flush();
        this._called('fsync of the folder');
      }
    });
  }

  public uninstall(): void {
    this._replaced.restore();
  }

  private _isOurs(path: unknown): boolean {
    return typeof path === 'string' && dirname(resolve(path)) === this._folder;
  }

  private _watch(handle: fsp.FileHandle, name: string, flags: string): fsp.FileHandle {
    const file = this._names.seen.get(name) ?? { seen: Buffer.alloc(0), flushed: Buffer.alloc(0) };
    this._names.seen.set(name, file);
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
    this._names.called();
    const { seen, flushed, between } = this._names;
    this._onCall(call, [
      contents(seen, SEEN),
      contents(flushed, FLUSHED),
      contents(seen, FLUSHED),
      contents(flushed, SEEN),
      contents(seen, half),
      contents(flushed, half),
      ...between.slice(0, -1).flatMap((names) => [contents(names, FLUSHED), contents(names, SEEN)]),
    ]);
  }
}

const SEEN = (file: File): Buffer => file.seen;
const FLUSHED = (file: File): Buffer => file.flushed;

const contents = (names: ReadonlyMap<string, File>, of: (file: File) => Buffer): Remains =>
  new Map([...names].map(([name, file]) => [name, of(file)]));

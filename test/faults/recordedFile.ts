import fs, { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { HEADER_BYTES } from '../../daemon/journal/format';
import { type Coins, lengthAlone, mixedSectors } from './halfWritten';
import { ReplacedCalls } from './replacedCalls';

/** How many mixtures of old and new sectors are tried behind each call. */
const MIXTURES = 3;

/**
 * A journal's file as it is read now, and as its last flush has left it: of its bytes, and of its name in the folder. Takes
 * part in the calls that a journal makes for it; they are made for real too.
 */
export class RecordedFile {
  public onCall: () => void = () => undefined;
  private _fd: number | undefined;
  private _folderFd: number | undefined;
  private _flushed: Buffer = Buffer.alloc(0);
  private _isNamed = false;
  private readonly _calls = new ReplacedCalls();

  public constructor(
    private readonly _path: string,
    private readonly _coins: Coins,
  ) {}

  /** Begins to listen, for this whole process. */
  public install(): void {
    const { openSync, writeSync, ftruncateSync, fdatasync } = fs;
    this._calls.replace(fs, 'openSync', ((...args: Parameters<typeof openSync>) => {
      const fd = openSync(...args);
      this._fd ??= args[0] === this._path ? fd : undefined;
      return fd;
    }) as typeof openSync);
    this._calls.replace(fs, 'ftruncateSync', (fd, length) => {
      ftruncateSync(fd, length);
      this._called(fd);
    });
    this._calls.replace(fs, 'writeSync', ((...args: Parameters<typeof writeSync>) => {
      const written = writeSync(...args);
      this._called(args[0]);
      return written;
    }) as typeof writeSync);
    this._calls.replace(fs, 'fdatasync', ((fd: number, done: fs.NoParamCallback) => {
      // What is written while it runs may be on the disk or not.
      const bytes = readFileSync(this._path);
      fdatasync(fd, (error) => {
        this._flushed = bytes;
        done(error);
      });
    }) as typeof fdatasync);
    this._recordFolder();
  }

  public uninstall(): void {
    this._calls.restore();
  }

  /** What a cut at this moment could leave; undefined: no file of this name. */
  public *remains(): Generator<Buffer | undefined> {
    const file = { seen: readFileSync(this._path), flushed: this._flushed };
    const { seen } = file;
    const old = lengthAlone(file);
    if (!this._isNamed) {
      yield undefined;
    }
    yield seen;
    yield old;
    // The header alone, or all but the header.
    yield Buffer.concat([seen.subarray(0, HEADER_BYTES), old.subarray(HEADER_BYTES)]);
    yield Buffer.concat([old.subarray(0, HEADER_BYTES), seen.subarray(HEADER_BYTES)]);
    for (let mixture = 0; mixture < MIXTURES; mixture++) {
      yield mixedSectors(file, this._coins);
    }
  }

  /** The folder is flushed in the background, by a descriptor that is opened for it. */
  private _recordFolder(): void {
    const { open, fsync } = fs;
    this._calls.replace(fs, 'open', ((
      path: string,
      flags: string,
      done: (error: NodeJS.ErrnoException | null, fd: number) => void,
    ) => {
      open(path, flags, (error, fd) => {
        this._folderFd = path === dirname(this._path) ? fd : this._folderFd;
        done(error, fd);
      });
    }) as typeof open);
    this._calls.replace(fs, 'fsync', ((fd: number, done: fs.NoParamCallback) => {
      const isFolder = fd === this._folderFd;
      fsync(fd, (error) => {
        this._isNamed ||= isFolder && error === null;
        done(error);
      });
    }) as typeof fsync);
  }

  private _called(fd: number): void {
    if (fd === this._fd) {
      this.onCall();
    }
  }
}

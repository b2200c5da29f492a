import { fstatSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { writeFlushed } from './durableFile';
import { encodeLine, type LoggedChange, type LogHeader } from './logFormat';

/** The log that changes are appended to. Calls must not overlap. */
export class LogFile {
  /** Bytes behind `_length` may be what a failed append has left; they must go before the next one. */
  private _hasRest = false;

  private constructor(
    public readonly generation: number,
    private readonly _path: string,
    private readonly _handle: FileHandle,
    private _length: number,
    private _changes: number,
  ) {}

  /** Creates the file with its header, flushed; the folder is not. */
  public static async create(path: string, generation: number, base: LogHeader['base']): Promise<LogFile> {
    const header = Buffer.from(encodeLine(generation, 0, { format: 1, base }));
    await writeFlushed(path, header);
    return new LogFile(generation, path, await open(path, 'r+'), header.length, 0);
  }

  /** Opens a log that holds `changes` changes in its first `length` bytes and cuts off what is behind. */
  public static async resume(
    path: string,
    generation: number,
    length: number,
    changes: number,
  ): Promise<LogFile> {
    const handle = await open(path, 'r+');
    try {
      await handle.chmod(0o600);
      const { size } = await handle.stat();
      if (size > length) {
        await handle.truncate(length);
        await handle.datasync();
      }
      return new LogFile(generation, path, handle, length, changes);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Whether nobody would find it any more: its folder was deleted, or moved away. Windows does neither to a file that is open. */
  public get isGone(): boolean {
    if (process.platform === 'win32') {
      return false;
    }
    const own = fstatSync(this._handle.fd);
    const there = statSync(this._path, { throwIfNoEntry: false });
    return own.ino !== there?.ino || own.dev !== there.dev;
  }

  /** Whether it is there, and as long as what was written: somebody may have emptied or cut it, or written behind its end. */
  public get isIntact(): boolean {
    const { size } = fstatSync(this._handle.fd);
    return (size === this._length || (this._hasRest && size > this._length)) && !this.isGone;
  }

  public get length(): number {
    return this._length;
  }

  public get changes(): number {
    return this._changes;
  }

  /** On disk when it resolves. When it rejects the log is as it was before. */
  public async append(changes: readonly LoggedChange[]): Promise<void> {
    await this.settle();
    const bytes = Buffer.from(
      changes.map((change, index) => encodeLine(this.generation, this._changes + 1 + index, change)).join(''),
    );
    this._hasRest = true;
    try {
      for (let written = 0; written < bytes.length; ) {
        const result = await this._handle.write(
          bytes,
          written,
          bytes.length - written,
          this._length + written,
        );
        written += result.bytesWritten;
      }
      await this._handle.datasync();
    } catch (error) {
      // Should this fail too, the next append begins with it.
      await this.settle().catch(() => undefined);
      throw error;
    }
    this._hasRest = false;
    this._length += bytes.length;
    this._changes += changes.length;
  }

  /** A rejected change must not be found by the next start: what has arrived of it is cut off again. */
  public async settle(): Promise<void> {
    if (this._hasRest) {
      await this._handle.truncate(this._length);
      await this._handle.datasync();
      this._hasRest = false;
    }
  }

  public close(): Promise<void> {
    return this._handle.close();
  }
}

import { closeSync, fdatasync } from 'node:fs';

/** Brings files to the disk while work goes on, calmly: whoever writes to them never waits. */
export class BackgroundSync {
  /** How often each file is on its way to the disk. */
  private readonly _underWay = new Map<number, number>();
  private readonly _closing = new Set<number>();
  private _begunAt = Number.NEGATIVE_INFINITY;

  /** @param _everyMs more is not asked of the disk, however often `begin` is called */
  public constructor(private readonly _everyMs: number) {}

  /** Whether `begin` would do anything. */
  public get isDue(): boolean {
    return this._underWay.size === 0 && performance.now() - this._begunAt >= this._everyMs;
  }

  /**
   * Begins with what was written until now, unless it has just begun. A failure is the next one's to mend.
   * @param done is called when that is on the disk
   */
  public begin(fd: number, done: () => void = () => undefined): void {
    if (this.isDue) {
      this._sync(fd, done);
    }
  }

  /** Brings what was written to the disk in any case, and closes the file then. @param done as of `begin` */
  public leave(fd: number, done: () => void): void {
    this._sync(fd, done);
    this.close(fd);
  }

  /** Closes a file; one that is on its way to the disk once it is there. */
  public close(fd: number): void {
    if (this._underWay.has(fd)) {
      this._closing.add(fd);
    } else {
      closeSync(fd);
    }
  }

  private _sync(fd: number, done: () => void): void {
    this._begunAt = performance.now();
    this._underWay.set(fd, (this._underWay.get(fd) ?? 0) + 1);
    fdatasync(fd, (error) => {
      this._ended(fd);
      if (error === null) {
        done();
      }
    });
  }

  private _ended(fd: number): void {
    const left = (this._underWay.get(fd) ?? 1) - 1;
    if (left > 0) {
      this._underWay.set(fd, left);
      return;
    }
    this._underWay.delete(fd);
    if (this._closing.delete(fd)) {
      closeSync(fd);
    }
  }
}

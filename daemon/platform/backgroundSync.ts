import { closeSync, fdatasync } from 'node:fs';

/** Brings a file to the disk while work goes on, calmly: whoever writes to it never waits. */
export class BackgroundSync {
  /** What is on its way to the disk. */
  private _fd: number | undefined;
  private _isClosing = false;
  private _begunAt = Number.NEGATIVE_INFINITY;

  /** @param _everyMs more is not asked of the disk, however often `begin` is called */
  public constructor(private readonly _everyMs: number) {}

  /** Begins with what was written until now, unless it has just begun. A failure is the next one's to mend. */
  public begin(fd: number): void {
    const now = performance.now();
    if (this._fd !== undefined || now - this._begunAt < this._everyMs) {
      return;
    }
    this._fd = fd;
    this._begunAt = now;
    fdatasync(fd, () => {
      this._fd = undefined;
      if (this._isClosing) {
        this._isClosing = false;
        closeSync(fd);
      }
    });
  }

  /** Closes a file; one that is on its way to the disk once it is there. */
  public close(fd: number): void {
    if (fd === this._fd) {
      this._isClosing = true;
    } else {
      closeSync(fd);
    }
  }
}

const FIRST_BYTES = 4096;
/** A UTF-16 unit takes three bytes at most. */
const MAX_UTF8 = 3;
const LINE_FEED = 0x0a;

/** Lines that wait to be written, as UTF-8, each with its line feed. */
export class GatheredLines {
  private _buffer = Buffer.alloc(0);
  private _length = 0;

  public get length(): number {
    return this._length;
  }

  /** Valid until the next change. */
  public get bytes(): Buffer {
    return this._buffer.subarray(0, this._length);
  }

  /** The line feed is added. */
  public append(line: string): void {
    this._reserve(line.length * MAX_UTF8 + 1);
    const end = this._length + this._buffer.write(line, this._length);
    this._buffer[end] = LINE_FEED;
    this._length = end + 1;
  }

  /** Lines that end with their line feeds. */
  public appendLines(lines: Uint8Array): void {
    this._reserve(lines.length);
    this._buffer.set(lines, this._length);
    this._length += lines.length;
  }

  public clear(): void {
    this._length = 0;
  }

  /** Keeps no memory. */
  public release(): void {
    this._buffer = Buffer.alloc(0);
    this._length = 0;
  }

  /** Drops the oldest lines, `bytes` of them and what remains of the last of these. */
  public dropOldest(bytes: number): void {
    const from = this._buffer.indexOf(LINE_FEED, bytes) + 1;
    this._buffer.copyWithin(0, from, this._length);
    this._length -= from;
  }

  private _reserve(bytes: number): void {
    const needed = this._length + bytes;
    if (needed > this._buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this._buffer.length * 2, FIRST_BYTES));
      this._buffer.copy(grown, 0, 0, this._length);
      this._buffer = grown;
    }
  }
}

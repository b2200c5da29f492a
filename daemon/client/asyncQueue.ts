import { HoldfastError } from '../protocol/errors';

/**
 * What was pushed, in order, for whoever iterates: one reader, or one after the other. A reader that stops
 * (`break`) loses nothing; the next goes on where it stopped. After `end` what is left is still given.
 */
export class AsyncQueue<T> implements AsyncIterable<T> {
  private readonly _items: T[] = [];
  private _reader: ((result: IteratorResult<T, undefined>) => void) | undefined;
  private _ended = false;

  /**
   * @param _limit how many items wait at most; the oldest make room
   * @param _taken called for each item a reader takes
   */
  public constructor(
    private readonly _limit = Number.POSITIVE_INFINITY,
    private readonly _taken: (item: T) => void = () => undefined,
  ) {}

  public push(item: T): void {
    if (this._ended) {
      return;
    }
    const reader = this._reader;
    if (reader !== undefined) {
      this._reader = undefined;
      reader({ done: false, value: item });
      this._taken(item);
      return;
    }
    this._items.push(item);
    if (this._items.length > this._limit) {
      this._items.shift();
    }
  }

  public end(): void {
    this._ended = true;
    this._reader?.({ done: true, value: undefined });
    this._reader = undefined;
  }

  public [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return { next: () => this._next() };
  }

  /** @throws HoldfastError INVALID_INPUT while another reader waits: each would get a part and neither all */
  private _next(): Promise<IteratorResult<T, undefined>> {
    const [item] = this._items;
    if (this._items.length > 0) {
      this._items.shift();
      this._taken(item as T);
      return Promise.resolve({ done: false, value: item as T });
    }
    if (this._ended) {
      return Promise.resolve({ done: true, value: undefined });
    }
    if (this._reader !== undefined) {
      return Promise.reject(
        new HoldfastError(
          'INVALID_INPUT',
          'this is being read already',
          'Read it in one place at a time, and share what was read.',
        ),
      );
    }
    return new Promise((resolve) => {
      this._reader = resolve;
    });
  }
}

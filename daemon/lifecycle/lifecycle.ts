/** Whatever is opened is closed by the same owner; these are the only three shapes of it. */
export interface IDisposable {
  dispose(): void;
}

/** Something to be undone once; a second dispose does nothing. */
export const toDisposable = (undo: () => void): IDisposable => {
  let pending: (() => void) | undefined = undo;
  return {
    dispose: () => {
      const run = pending;
      pending = undefined;
      run?.();
    },
  };
};

/** Owns disposables. What is added after its own disposal is disposed at once. */
export class DisposableStore implements IDisposable {
  private readonly _items = new Set<IDisposable>();
  private _isDisposed = false;

  public get isDisposed(): boolean {
    return this._isDisposed;
  }

  public add<T extends IDisposable>(item: T): T {
    if (this._isDisposed) {
      item.dispose();
    } else {
      this._items.add(item);
    }
    return item;
  }

  /** Disposes one item and forgets it. */
  public release(item: IDisposable): void {
    if (this._items.delete(item)) {
      item.dispose();
    }
  }

  /** Disposes everything, newest first, and stays usable. */
  public clear(): void {
    const items = [...this._items].reverse();
    this._items.clear();
    for (const item of items) {
      item.dispose();
    }
  }

  public dispose(): void {
    this._isDisposed = true;
    this.clear();
  }
}

/** Base of whatever owns disposables for its own lifetime. */
export abstract class Disposable implements IDisposable {
  private readonly _store = new DisposableStore();

  protected get _isDisposed(): boolean {
    return this._store.isDisposed;
  }

  protected _register<T extends IDisposable>(item: T): T {
    return this._store.add(item);
  }

  public dispose(): void {
    this._store.dispose();
  }
}

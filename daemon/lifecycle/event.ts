import { type IDisposable, toDisposable } from './lifecycle';

/** Call it to listen; dispose the result to stop. */
export type Event<T> = (listener: (event: T) => void) => IDisposable;

/** The owner's side of an event. After dispose nobody is called any more. */
export class Emitter<T> implements IDisposable {
  private readonly _listeners = new Set<(event: T) => void>();

  public readonly event: Event<T> = (listener) => {
    const own = (event: T): void => listener(event);
    this._listeners.add(own);
    return toDisposable(() => this._listeners.delete(own));
  };

  public get hasListeners(): boolean {
    return this._listeners.size > 0;
  }

  public fire(event: T): void {
    if (this._listeners.size <= 1) {
      for (const listener of this._listeners) {
        listener(event);
        return;
      }
    }
    // A copy: a listener may add or remove listeners.
    for (const listener of [...this._listeners]) {
      if (this._listeners.has(listener)) {
        listener(event);
      }
    }
  }

  public dispose(): void {
    this._listeners.clear();
  }
}

/** The next event, once. */
export const once = <T>(event: Event<T>): Promise<T> =>
  new Promise((resolve) => {
    const subscription = event((value) => {
      subscription.dispose();
      resolve(value);
    });
  });

import { setTimeout as delay } from 'node:timers/promises';

/** Behind a line that was entered, and behind a command's end: for so long VS Code may still be telling other extensions of it. */
export const TOLD_MS = 300;
/** What runs longer than this is not waited for. */
export const PATIENCE_MS = 2000;
const LOOK_MS = 50;

/** Whether a command runs in a shell that says so, or is about to: to be asked before its tab is drawn anew. */
export class CommandInFlight {
  private _runs = false;
  private _changedAt = Number.NEGATIVE_INFINITY;

  /** Something was typed that may begin one. */
  public entered(): void {
    this._changedAt = Date.now();
  }

  public began(): void {
    this._runs = true;
  }

  public ended(): void {
    this._runs = false;
    this._changedAt = Date.now();
  }

  /** Resolves when there is none, or when it turns out to be a long one. */
  public async over(): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while ((this._runs || Date.now() < this._changedAt + TOLD_MS) && Date.now() < deadline) {
      await delay(LOOK_MS, undefined, { ref: false });
    }
  }
}

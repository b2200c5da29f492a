import type { IDisposable } from '../../lifecycle/lifecycle';
import { signalNumber } from '../arguments/signal';

/** What ends a process from outside, unless it minds. */
export const ENDING_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const;

/**
 * The signals that end a process, turned into a call, so that the terminal is restored first. While nobody
 * has asked for them the process leaves through `process.exit`, which restores it as well.
 */
export class EndingSignals implements IDisposable {
  private _handler: ((signal: NodeJS.Signals) => void) | undefined;
  private readonly _listener = (signal: NodeJS.Signals): void => {
    if (this._handler === undefined) {
      process.exit(128 + signalNumber(signal));
    }
    this._handler(signal);
  };

  public constructor() {
    for (const signal of ENDING_SIGNALS) {
      process.on(signal, this._listener);
    }
  }

  /** Hands them to `handler` until the result is called. */
  public handle(handler: (signal: NodeJS.Signals) => void): () => void {
    this._handler = handler;
    return () => {
      this._handler = undefined;
    };
  }

  public dispose(): void {
    for (const signal of ENDING_SIGNALS) {
      process.off(signal, this._listener);
    }
  }
}

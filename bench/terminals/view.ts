import { setTimeout as sleep } from 'node:timers/promises';
import type { IDisposable } from '../../daemon/lifecycle/lifecycle';
import type { Size } from '../../daemon/protocol/model';

/** What somebody in front of a terminal sees and types. */
export interface View {
  write(data: Uint8Array): void;
  /** Bytes as they arrive; valid during the call only. */
  onData(listener: (data: Buffer) => void): IDisposable;
  /** Stops looking. The program goes on where it can. */
  close(): Promise<void>;
}

/** A program that runs in something that keeps it. */
export interface KeptProgram {
  attach(size: Size): Promise<View>;
  end(): Promise<void>;
}

/** One of those that are compared: Holdfast by one of its ways, or a peer. */
export interface Contender {
  readonly name: string;
  /** Whether who attaches is shown what was written before. */
  readonly showsScreen: boolean;
  start(command: readonly string[], size: Size): Promise<KeptProgram>;
  /** Ends everything it has started. */
  dispose(): Promise<void>;
}

/** The size that everything is measured at unless it says otherwise. */
export const SIZE: Size = { cols: 120, rows: 40 };

/** How long anything may take before a measure is given up. */
const PATIENCE_MS = 30_000;

/** Everybody's first redrawing is over by then. */
const SETTLED_MS = 100;

/** Waits until a program has written `text`, which says that it has begun, and its viewer has drawn it. */
export const untilBegun = async ({ showsScreen }: Contender, view: View, text: string): Promise<void> => {
  if (showsScreen) {
    await untilText(view, text);
    await sleep(SETTLED_MS);
  } else {
    await sleep(5 * SETTLED_MS);
  }
};

/** Calls back for each piece until `isDone` says so. @returns milliseconds since the call, taken at that piece */
export const until = (
  view: View,
  isDone: (data: Buffer) => boolean,
  what: string,
  timeoutMs = PATIENCE_MS,
): Promise<number> =>
  new Promise((resolve, reject) => {
    const start = performance.now();
    const timer = setTimeout(() => {
      subscription.dispose();
      reject(new Error(`waited ${timeoutMs} ms for ${what}`));
    }, timeoutMs);
    const subscription = view.onData((data) => {
      if (isDone(data)) {
        const taken = performance.now() - start;
        clearTimeout(timer);
        subscription.dispose();
        resolve(taken);
      }
    });
  });

/** The same for a text that may come in pieces. It must stand together in what the viewer gets. */
export const untilText = (view: View, text: string, timeoutMs?: number): Promise<number> => {
  let tail = '';
  return until(
    view,
    (data) => {
      tail += data.toString('latin1');
      const found = tail.includes(text);
      tail = tail.slice(1 - text.length);
      return found;
    },
    `'${text}' to be shown`,
    timeoutMs,
  );
};

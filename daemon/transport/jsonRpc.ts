import type { Disposable } from 'vscode-jsonrpc';
import { RAL } from 'vscode-jsonrpc';

const timerOf = (clear: () => void): Disposable => ({ dispose: clear });

const none = (): never => {
  throw new Error('messages are read and written by socketMessages.ts');
};

/**
 * What vscode-jsonrpc takes from the platform it runs on. Its own for Node hands each message on in a later turn of
 * the event loop, on each side of a call, and a turn lasts as long as everything else that is due in it: a snapshot
 * on its way, a change being written. Ours goes on in the same turn. What waits for one message still goes on, as far
 * as it can, before the next one is handed on: a program's end told behind its start finds it started.
 */
RAL.install({
  // The global one loads Node's cryptography when it is used, which no call is.
  crypto: { randomUUID: () => crypto.randomUUID() },
  applicationJson: { encoder: { name: 'none', encode: none }, decoder: { name: 'none', decode: none } },
  messageBuffer: { create: none },
  console,
  timer: {
    setTimeout: (callback, ms, ...args) => {
      const timer = setTimeout(callback, ms, ...args);
      return timerOf(() => clearTimeout(timer));
    },
    setImmediate: (callback, ...args) => {
      let isWanted = true;
      const run = (): void => {
        if (isWanted) {
          callback(...args);
        }
      };
      // Ticks come when no microtask is left.
      queueMicrotask(() => process.nextTick(run));
      return timerOf(() => {
        isWanted = false;
      });
    },
    setInterval: (callback, ms, ...args) => {
      const timer = setInterval(callback, ms, ...args);
      return timerOf(() => clearInterval(timer));
    },
  },
});

export {
  AbstractMessageReader,
  AbstractMessageWriter,
  type CancellationToken,
  CancellationTokenSource,
  ConnectionError,
  createMessageConnection,
  type DataCallback,
  type Disposable,
  ErrorCodes,
  type Message,
  type MessageConnection,
  type NotificationType,
  type RequestType,
  ResponseError,
} from 'vscode-jsonrpc';

import { parentPort, workerData } from 'node:worker_threads';
import { saveCompileCacheSoon } from '../platform/compileCache';
import { HoldfastError } from '../protocol/errors';
import type { StreamAddress } from '../protocol/terminals';
import { encodeKeys } from './keys';
import { Mirrors } from './mirrors';
import { encodeGesture } from './mouseGesture';
import { encodePaste } from './paste';
import { modesOf } from './screenState';
import type { CallName, FromWorker, ToWorker, WorkerCalls, WorkerSettings } from './workerMessages';
import { noteWorkIn } from './workNote';

type Handlers = {
  readonly [Name in CallName]: (
    params: WorkerCalls[Name]['params'],
  ) => Promise<WorkerCalls[Name]['result']> | WorkerCalls[Name]['result'];
};

/** The worker's side of Screens: mirrors by terminal, and calls about them. */
const serve = (port: NonNullable<typeof parentPort>, settings: WorkerSettings): void => {
  const tell = (message: FromWorker, transferred: readonly ArrayBuffer[] = []): void =>
    port.postMessage(message, transferred);
  const waiting = new Map<
    number,
    { resolve(address: StreamAddress): void; reject(error: HoldfastError): void }
  >();
  let lastId = 0;
  const mirrors = new Mirrors(settings, tell, (terminal, from) => {
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      tell({ kind: 'connect', id, terminal, from });
    });
  });
  const handlers: Handlers = {
    follow: async (params) => {
      await mirrors.follow(params);
      return undefined;
    },
    snapshot: async ({ terminal, history, room, atLeast, timeoutMs }) => {
      const mirror = await mirrors.at(terminal, atLeast, timeoutMs);
      return mirror.snapshot(history ?? settings.scrollbackLimit, room);
    },
    screen: async ({ terminal, atLeast, scrollback, ...wanted }) =>
      (await mirrors.at(terminal, atLeast)).screen(scrollback ?? 0, wanted),
    encodeKeys: async ({ terminal, keys, atLeast }) => {
      const { emulator } = await mirrors.at(terminal, atLeast);
      return encodeKeys(keys, modesOf(emulator));
    },
    encodeMouse: async ({ terminal, gesture, atLeast }) =>
      encodeGesture(gesture, (await mirrors.at(terminal, atLeast)).emulator),
    encodePaste: async ({ terminal, text, atLeast }) => {
      const { emulator } = await mirrors.at(terminal, atLeast);
      return encodePaste(text, modesOf(emulator).bracketedPaste);
    },
    watch: (params) => mirrors.watch(params),
    unwatch: ({ watch }) => {
      mirrors.unwatch(watch);
      return undefined;
    },
    setDefaultTheme: ({ colors }) => {
      mirrors.setDefaultTheme(colors);
      return undefined;
    },
    setTheme: async ({ terminal, colors }) => {
      await mirrors.setTheme(terminal, colors);
      return undefined;
    },
    restore: (params) => {
      mirrors.restore(params);
      return undefined;
    },
    restartUnder: async ({ terminal, at, separator }) => {
      await mirrors.restartUnder(terminal, at, separator);
      return undefined;
    },
    finish: async ({ terminal, atLeast }) => {
      await mirrors.finish(terminal, atLeast);
      return undefined;
    },
    forget: ({ terminal }) => {
      mirrors.forget(terminal);
      return undefined;
    },
  };
  const handle = async (name: CallName, params: unknown): Promise<unknown> =>
    // The two ends are built together; the name says which parameters came.
    (handlers[name] as (given: unknown) => unknown)(params);

  port.on('message', (message: ToWorker) => {
    if (message.kind === 'connected') {
      const { id, address, error } = message;
      const waiter = waiting.get(id);
      waiting.delete(id);
      if (address !== undefined) {
        waiter?.resolve(address);
      } else if (error !== undefined) {
        waiter?.reject(HoldfastError.fromWire(error));
      }
      return;
    }
    const { id, name, params } = message;
    handle(name, params).then(
      (result) => tell({ kind: 'result', id, result }, transferable(name, result)),
      (thrown: unknown) => tell({ kind: 'result', id, error: HoldfastError.from(thrown).toWire() }),
    );
  });
};

/** A snapshot of a long history is handed over and not copied. */
const transferable = (name: CallName, result: unknown): readonly ArrayBuffer[] =>
  name === 'snapshot' ? [(result as WorkerCalls['snapshot']['result']).snapshot.buffer as ArrayBuffer] : [];

if (parentPort !== null) {
  const settings = workerData as WorkerSettings;
  if (settings.workNote !== undefined) {
    noteWorkIn(settings.workNote);
  }
  serve(parentPort, settings);
  saveCompileCacheSoon();
}

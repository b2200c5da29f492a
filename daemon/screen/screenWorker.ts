import { Worker } from 'node:worker_threads';
import { Emitter } from '../lifecycle/event';
import { Disposable, toDisposable } from '../lifecycle/lifecycle';
import { withoutLostCache } from '../platform/compileCache';
import { HoldfastError } from '../protocol/errors';
import type { Offset, TerminalId } from '../protocol/ids';
import type { StreamAddress } from '../protocol/terminals';
import type { CallName, FromWorker, ToWorker, WorkerCalls, WorkerSettings } from './workerMessages';
import { newWorkNote, workedFor } from './workNote';

/** A worker that needs more than this is restarted, before it takes the whole process down. */
export const WORKER_HEAP_MB = 1024;

/** A worker ended without being told to. */
export interface Death {
  /** Whose output it was at, as far as is known. */
  readonly terminal: TerminalId | undefined;
  /** For the log. */
  readonly reason: string;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: HoldfastError) => void;
}

/** One worker thread, as its callers see it: calls with answers, and what it tells by itself. */
export class ScreenWorker extends Disposable {
  /** How many mirrors it carries; kept by the pool. */
  public load = 0;
  private readonly _worker: Worker;
  private readonly _waiting = new Map<number, Waiting>();
  private _lastId = 0;
  private _isGone = false;
  private readonly _note = newWorkNote();
  private _reason = 'it ended by itself';
  private readonly _onMessage = this._register(new Emitter<FromWorker>());
  public readonly onMessage = this._onMessage.event;
  private readonly _onGone = this._register(new Emitter<Death>());
  /** It ended without being told to. */
  public readonly onGone = this._onGone.event;

  public constructor(
    path: string,
    settings: WorkerSettings,
    private readonly _connect: (terminal: TerminalId, from: Offset) => Promise<StreamAddress>,
    heapMb = WORKER_HEAP_MB,
  ) {
    super();
    this._worker = new Worker(path, {
      workerData: { ...settings, workNote: this._note } satisfies WorkerSettings,
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
      env: withoutLostCache(process.env),
    });
    this._worker.on('message', (message: FromWorker) => this._received(message));
    // The error of a crash comes before 'exit', which is what counts.
    this._worker.on('error', (error: Error) => {
      this._reason = error.message;
    });
    this._worker.once('exit', () => this._gone());
    this._register(
      toDisposable(() => {
        this._isGone = true;
        this._rejectAll();
        void this._worker.terminate();
      }),
    );
  }

  public get isGone(): boolean {
    return this._isGone;
  }

  public call<Name extends CallName>(
    name: Name,
    params: WorkerCalls[Name]['params'],
  ): Promise<WorkerCalls[Name]['result']> {
    if (this._isGone) {
      return Promise.reject(crashed());
    }
    const id = ++this._lastId;
    return new Promise<unknown>((resolve, reject) => {
      this._waiting.set(id, { resolve, reject });
      this._post({ kind: 'call', id, name, params });
    }) as Promise<WorkerCalls[Name]['result']>;
  }

  private _received(message: FromWorker): void {
    if (message.kind === 'result') {
      const waiting = this._waiting.get(message.id);
      this._waiting.delete(message.id);
      if (message.error !== undefined) {
        waiting?.reject(HoldfastError.fromWire(message.error));
      } else {
        waiting?.resolve(message.result);
      }
    } else if (message.kind === 'connect') {
      const { id } = message;
      this._connect(message.terminal, message.from).then(
        (address) => this._post({ kind: 'connected', id, address }),
        (thrown: unknown) =>
          this._post({ kind: 'connected', id, error: HoldfastError.from(thrown).toWire() }),
      );
    } else {
      this._onMessage.fire(message);
    }
  }

  private _post(message: ToWorker): void {
    if (!this._isGone) {
      this._worker.postMessage(message);
    }
  }

  private _gone(): void {
    if (!this._isGone) {
      this._isGone = true;
      this._rejectAll();
      this._onGone.fire({ terminal: workedFor(this._note), reason: this._reason });
    }
  }

  private _rejectAll(): void {
    for (const waiting of this._waiting.values()) {
      waiting.reject(crashed());
    }
    this._waiting.clear();
  }
}

const crashed = (): HoldfastError =>
  new HoldfastError(
    'INTERNAL_ERROR',
    'the worker that keeps this screen ended',
    'Try again: it is started anew.',
  );

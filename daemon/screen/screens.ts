import type { Event } from '../lifecycle/event';
import { Disposable, toDisposable } from '../lifecycle/lifecycle';
import { HoldfastError } from '../protocol/errors';
import type { Hello } from '../protocol/hello';
import type { Offset, TerminalId } from '../protocol/ids';
import type { Size } from '../protocol/model';
import type { MouseGesture, MousePlace } from '../protocol/mouse';
import type { StreamAddress, ThemeColors } from '../protocol/terminals';
import { type Death, ScreenWorker } from './screenWorker';
import type { WatchParams, WatchResult } from './watching/conditions';
import type {
  ScreenParts,
  SnapshotResult,
  WantedScreen,
  WorkerCalls,
  WorkerSettings,
} from './workerMessages';
import { WorkerNews } from './workerNews';
import { WorkerPool } from './workerPool';

export type { ShellMark } from './shellMarks';
export type { ScreenParts, ScreenState, SnapshotResult, WantedScreen } from './workerMessages';

/** Rows of scrollback in a snapshot unless told otherwise. */
export const DEFAULT_SCROLLBACK_ROWS = 10_000;

const RESUME_RETRY_MS = 1000;

export interface FollowOptions {
  readonly terminal: TerminalId;
  readonly size: Size;
  /** What the shell in it says with its marks; null when it has none to say. */
  readonly nonce?: string | null;
  /** Where its journal is, should its screen have to be drawn from that alone. */
  readonly journal?: string;
  /** Should the program not be known yet: what its output says is told behind this, and not at all if it is rejected. */
  readonly known?: Promise<unknown>;
  /** Gives a fresh ticket for a stream from `from`; asked again when a stream breaks. */
  readonly connect: (from: Offset) => Promise<StreamAddress>;
}

export interface ScreensOptions {
  /** dist/screenWorker.js */
  readonly workerPath: string;
  /** Threads; each carries many mirrors. */
  readonly workers?: number;
  /** Folders that exist and are private. */
  readonly historiesFolder: string;
  readonly keyframesFolder: string;
  /** Rows. */
  readonly scrollbackLimit?: number;
  /** After how long without need a screen is kept on disk only; SLEEP_AFTER_MS unless told otherwise. */
  readonly sleepAfterMs?: number;
  /** Of each worker, in MB; WORKER_HEAP_MB unless told otherwise. */
  readonly workerHeapMb?: number;
  readonly client: Hello['client'];
}

/**
 * The screens of all terminals, on the daemon's main thread: a thin face over worker threads that follow
 * the journals through streams of their own, so that output never crosses this thread.
 */
export class Screens extends Disposable {
  private readonly _pool: WorkerPool;
  private readonly _followed = new Map<TerminalId, FollowOptions>();
  private readonly _timers = new Set<NodeJS.Timeout>();
  private _theme: ThemeColors | undefined;
  private _lastWatch = 0;
  private readonly _news = this._register(new WorkerNews());
  /** Title, folder or the time of the last output changed; at most about once a second while it does. */
  public readonly onState = this._news.onState;
  public readonly onBell = this._news.onBell;
  /** What a shell with integration says; again, when a worker has to read it again. */
  public readonly onShellMark = this._news.onShellMark;
  /** Output `[from, to)` was gone before the mirror could read it. */
  public readonly onGap = this._news.onGap;
  /** A keyframe or a history was broken, and is now at `path`, where nothing reads it. */
  public readonly onBroken = this._news.onBroken;
  /** What it prints ended each worker that drew it: nobody draws it any more. */
  public readonly onSetAside: Event<TerminalId>;
  /** A worker died, and another one takes its place. */
  public readonly onDeath: Event<Death>;

  public constructor(private readonly _options: ScreensOptions) {
    super();
    this._pool = this._register(new WorkerPool(_options.workers ?? 1, () => this._newWorker()));
    this.onSetAside = this._pool.onSetAside;
    this.onDeath = this._pool.onDeath;
    this._register(this._pool.onReplaced((terminals) => this._resumeAll(terminals)));
    this._register(
      toDisposable(() => {
        for (const timer of this._timers) {
          clearTimeout(timer);
        }
      }),
    );
  }

  /**
   * Starts a mirror or resumes one: from its keyframe if it has one, else from the journal's beginning.
   * Its stream is opened again as long as that may help.
   * @throws what `connect` threw, or the stream's refusal, where it does not
   */
  public async follow(options: FollowOptions): Promise<void> {
    const { terminal } = options;
    this._followed.set(terminal, options);
    if (options.known !== undefined) {
      this._news.hold(terminal, options.known);
    }
    try {
      await this._pool.call(terminal, 'follow', followed(options));
    } catch (error) {
      if (this._followed.get(terminal) === options) {
        this._followed.delete(terminal);
      }
      throw error;
    }
  }

  /**
   * What to write to an empty terminal of `size`, then `continuation`, then the output from `offset` on.
   * Waits until the mirror has parsed up to `atLeast`.
   * @param options.history rows of scrollback at most
   * @param options.room of a program that has ended: to be read there when that is smaller
   * @throws HoldfastError TIMEOUT; TERMINAL_NOT_FOUND when nothing is kept of the terminal
   */
  public async snapshot(
    terminal: TerminalId,
    options: {
      readonly history?: number;
      readonly room?: Size;
      readonly atLeast?: Offset;
      readonly timeoutMs?: number;
    } = {},
  ): Promise<SnapshotResult> {
    const result = await this._pool.call(terminal, 'snapshot', { terminal, ...options });
    return { ...result, continuation: Buffer.from(result.continuation) };
  }

  /** The screen as text, and with its looks in the ways asked for: up to `scrollback` rows, then the screen's rows. */
  public screen(
    terminal: TerminalId,
    options: WantedScreen & { readonly atLeast?: Offset } = {},
  ): Promise<ScreenParts> {
    return this._pool.call(terminal, 'screen', { terminal, ...options });
  }

  /**
   * Keys as the bytes they stand for in the modes in force, one buffer each.
   * @throws HoldfastError INVALID_KEY, KEY_UNSUPPORTED before anything could have been sent
   */
  public async encodeKeys(
    terminal: TerminalId,
    keys: readonly string[],
    options: { readonly atLeast?: Offset } = {},
  ): Promise<readonly Buffer[]> {
    const encoded = await this._pool.call(terminal, 'encodeKeys', { terminal, keys, ...options });
    return encoded.map((bytes) => Buffer.from(bytes));
  }

  /**
   * What is done with the mouse as the bytes it stands for in the modes in force, and where the mouse is then.
   * @throws HoldfastError INVALID_INPUT, MOUSE_NOT_ENABLED, MOUSE_UNSUPPORTED, TEXT_NOT_FOUND, AMBIGUOUS_MATCH
   */
  public async encodeMouse(
    terminal: TerminalId,
    gesture: MouseGesture,
    options: { readonly atLeast?: Offset } = {},
  ): Promise<{ readonly bytes: Buffer; readonly place: MousePlace }> {
    const { bytes, place } = await this._pool.call(terminal, 'encodeMouse', {
      terminal,
      gesture,
      ...options,
    });
    return { bytes: Buffer.from(bytes), place };
  }

  /** Text as a paste: bracketed where the program asked for it. */
  public async encodePaste(
    terminal: TerminalId,
    text: string,
    options: { readonly atLeast?: Offset } = {},
  ): Promise<Buffer> {
    return Buffer.from(await this._pool.call(terminal, 'encodePaste', { terminal, text, ...options }));
  }

  /**
   * What is met first of `conditions`; undefined when nothing more will come of the terminal, or `signal` was raised.
   * @throws HoldfastError INVALID_INPUT for a regular expression that is none, and a revision that is not known
   */
  public async watch(
    terminal: TerminalId,
    params: Omit<WatchParams, 'terminal' | 'watch'>,
    signal: AbortSignal,
  ): Promise<WatchResult> {
    const watch = ++this._lastWatch;
    const cancel = (): void => {
      // One that has just ended has no watches any more.
      this._pool
        .workerOf(terminal)
        .call('unwatch', { watch })
        .catch(() => undefined);
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return signal.aborted
        ? undefined
        : await this._pool.call(terminal, 'watch', { ...params, terminal, watch });
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /**
   * Colours a viewer shows the terminal in: what programs that ask are told, unless they have set others. Terminals that
   * nobody has told any for take them too, in every worker.
   */
  public async setTheme(terminal: TerminalId, colors: ThemeColors): Promise<void> {
    this._theme = colors;
    const all = this._pool.all.map((worker) =>
      // One that has just ended is replaced by one that starts with these colours.
      worker.call('setDefaultTheme', { colors }).catch(() => undefined),
    );
    await this._pool.call(terminal, 'setTheme', { terminal, colors });
    await Promise.all(all);
  }

  /** Rebuilds an ended or lost terminal's mirror from its keyframe, history and journal file. */
  public async restore(
    terminal: TerminalId,
    options: { readonly size: Size; readonly journal: string; readonly nonce?: string | null },
  ): Promise<void> {
    await this._pool.call(terminal, 'restore', {
      ...followed({ terminal, ...options }),
      journal: options.journal,
    });
  }

  /** A program starts again under the old screen; its output goes on from `at`. Then call `follow`. */
  public async restartUnder(
    terminal: TerminalId,
    options: { readonly at: Offset; readonly separator: string | null },
  ): Promise<void> {
    this._followed.delete(terminal);
    await this._pool.workerOf(terminal).call('restartUnder', { terminal, ...options });
  }

  /** Stops a mirror after it has parsed everything up to `atLeast` and written a final keyframe. */
  public async finish(terminal: TerminalId, options: { readonly atLeast?: Offset } = {}): Promise<void> {
    const followed = this._followed.get(terminal);
    try {
      if (!this._pool.isSetAside(terminal)) {
        await this._pool.call(terminal, 'finish', { terminal, ...options });
      }
    } finally {
      // Nobody waits for ever: the next program may run in it by now.
      if (this._followed.get(terminal) === followed) {
        this._followed.delete(terminal);
        this._pool.release(terminal);
      }
    }
  }

  /** Deletes history and keyframe. */
  public async forget(terminal: TerminalId): Promise<void> {
    try {
      await this._pool.forget(terminal);
    } finally {
      this._followed.delete(terminal);
    }
  }

  private _newWorker(): ScreenWorker {
    const { workerPath, scrollbackLimit, sleepAfterMs, workerHeapMb } = this._options;
    const { historiesFolder, keyframesFolder, client } = this._options;
    const settings: WorkerSettings = {
      historiesFolder,
      keyframesFolder,
      scrollbackLimit: scrollbackLimit ?? DEFAULT_SCROLLBACK_ROWS,
      client,
      ...(sleepAfterMs === undefined ? {} : { sleepAfterMs }),
      ...(this._theme === undefined ? {} : { theme: this._theme }),
    };
    const connect = (terminal: TerminalId, from: Offset): Promise<StreamAddress> =>
      this._connect(terminal, from);
    const worker = new ScreenWorker(workerPath, settings, connect, workerHeapMb);
    worker.onMessage((message) => this._news.hear(message));
    return worker;
  }

  /** A worker died: the next one takes its mirrors over, from their keyframes. */
  private _resumeAll(terminals: readonly TerminalId[]): void {
    for (const terminal of terminals) {
      const options = this._followed.get(terminal);
      if (options !== undefined && !this._pool.isSetAside(terminal)) {
        this._resume(options, this._pool.workerOf(terminal));
      }
    }
  }

  private _resume(options: FollowOptions, worker: ScreenWorker): void {
    const { terminal } = options;
    worker.call('follow', followed(options)).catch(() => {
      if (worker.isGone) {
        // Whoever takes its place resumes it.
        return;
      }
      // The stream was refused: later, if it is still wanted then.
      const timer = setTimeout(() => {
        this._timers.delete(timer);
        if (this._followed.get(terminal) === options) {
          this._resume(options, worker);
        }
      }, RESUME_RETRY_MS);
      this._timers.add(timer);
    });
  }

  private async _connect(terminal: TerminalId, from: Offset): Promise<StreamAddress> {
    const options = this._followed.get(terminal);
    if (options === undefined) {
      throw new HoldfastError('TERMINAL_NOT_FOUND', `${terminal} is not followed`, 'Follow it first.');
    }
    return options.connect(from);
  }
}

const followed = ({
  terminal,
  size,
  nonce,
  journal,
}: Omit<FollowOptions, 'connect' | 'known'>): WorkerCalls['follow']['params'] => ({
  terminal,
  size,
  ...(nonce == null ? {} : { nonce }),
  ...(journal === undefined ? {} : { journal }),
});

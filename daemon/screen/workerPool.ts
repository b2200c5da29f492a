import { Emitter } from '../lifecycle/event';
import { Disposable, toDisposable } from '../lifecycle/lifecycle';
import { HoldfastError } from '../protocol/errors';
import type { TerminalId } from '../protocol/ids';
import type { Death, ScreenWorker } from './screenWorker';
import { DEATHS_TOGETHER, Suspects } from './suspects';
import type { CallName, WorkerCalls } from './workerMessages';

/** A worker that ends sooner is restarted only after a while. */
const SHORT_LIFE_MS = 10_000;
const RESTART_DELAY_MS = 500;
/** Whoever shares a worker with a terminal that ends it finds another one by then. */
const MAX_TRIES = DEATHS_TOGETHER + 1;

/**
 * Workers, and which terminal is drawn by which: a few that terminals share, one each for those that have ended the
 * ones they shared, and none for those that end their own too.
 */
export class WorkerPool extends Disposable {
  private readonly _shared: ScreenWorker[] = [];
  private readonly _alone = new Map<TerminalId, ScreenWorker>();
  private readonly _assigned = new Map<TerminalId, ScreenWorker>();
  private readonly _suspects = new Suspects();
  private readonly _timers = new Set<NodeJS.Timeout>();
  private readonly _onReplaced = this._register(new Emitter<readonly TerminalId[]>());
  /** The worker that these terminals had died; calls about them reach another one. */
  public readonly onReplaced = this._onReplaced.event;
  private readonly _onSetAside = this._register(new Emitter<TerminalId>());
  public readonly onSetAside = this._onSetAside.event;
  private readonly _onDeath = this._register(new Emitter<Death>());
  public readonly onDeath = this._onDeath.event;

  public constructor(
    size: number,
    private readonly _newWorker: () => ScreenWorker,
  ) {
    super();
    for (let index = 0; index < size; index++) {
      this._shared.push(this._start());
    }
    this._register(
      toDisposable(() => {
        for (const timer of this._timers) {
          clearTimeout(timer);
        }
        for (const worker of this.all) {
          worker.dispose();
        }
        // Who waits for another worker is told that there is none.
        this._onReplaced.fire([]);
      }),
    );
  }

  public get all(): readonly ScreenWorker[] {
    return [...this._shared, ...this._alone.values()];
  }

  /** Calls that may be made twice: should the worker die meanwhile, the one after it is asked. @throws SCREEN_SET_ASIDE */
  public async call<Name extends CallName>(
    terminal: TerminalId,
    name: Name,
    params: WorkerCalls[Name]['params'],
    pick = () => this.workerOf(terminal),
  ): Promise<WorkerCalls[Name]['result']> {
    for (let tries = 1; ; tries++) {
      const worker = pick();
      try {
        return await worker.call(name, params);
      } catch (error) {
        if (!worker.isGone || tries >= MAX_TRIES || this._isDisposed) {
          throw error;
        }
        await this._replaced(worker);
      }
    }
  }

  /** The one that draws this terminal. @throws HoldfastError SCREEN_SET_ASIDE */
  public workerOf(terminal: TerminalId): ScreenWorker {
    const assigned = this._assigned.get(terminal);
    if (assigned !== undefined) {
      return assigned;
    }
    const standing = this._suspects.standing(terminal);
    if (standing === 'aside') {
      throw setAside(terminal);
    }
    const worker = standing === 'alone' ? this._start() : this._leastLoaded();
    if (standing === 'alone') {
      this._alone.set(terminal, worker);
    }
    worker.load++;
    this._assigned.set(terminal, worker);
    return worker;
  }

  /** Has a terminal's files deleted, and forgets it. Nobody has to read them for that. */
  public async forget(terminal: TerminalId): Promise<void> {
    const pick = (): ScreenWorker => this._assigned.get(terminal) ?? this._leastLoaded();
    try {
      await this.call(terminal, 'forget', { terminal }, pick);
    } finally {
      this.release(terminal);
      this._suspects.forget(terminal);
    }
  }

  public isSetAside(terminal: TerminalId): boolean {
    return this._suspects.standing(terminal) === 'aside';
  }

  /** Nothing is drawn of it for now. */
  public release(terminal: TerminalId): void {
    const worker = this._assigned.get(terminal);
    if (worker !== undefined) {
      worker.load--;
      this._assigned.delete(terminal);
    }
    this._alone.get(terminal)?.dispose();
    this._alone.delete(terminal);
  }

  private _leastLoaded(): ScreenWorker {
    return this._shared.reduce((least, other) => (other.load < least.load ? other : least));
  }

  private _start(): ScreenWorker {
    const startedAt = performance.now();
    const worker = this._newWorker();
    worker.onGone((death) => {
      const { terminal } = death;
      const standing = terminal === undefined ? 'together' : this._suspects.died(terminal);
      this._onDeath.fire(death);
      if (terminal !== undefined && standing === 'aside') {
        this._onSetAside.fire(terminal);
      }
      // One that can't even start must not be started in a tight loop.
      const delay = performance.now() - startedAt < SHORT_LIFE_MS ? RESTART_DELAY_MS : 0;
      const timer = setTimeout(() => {
        this._timers.delete(timer);
        this._replace(worker);
      }, delay);
      this._timers.add(timer);
    });
    return worker;
  }

  private _replace(gone: ScreenWorker): void {
    const place = this._shared.indexOf(gone);
    if (place >= 0) {
      this._shared[place] = this._start();
    }
    gone.dispose();
    const left = [...this._assigned].filter(([, worker]) => worker === gone).map(([terminal]) => terminal);
    for (const terminal of left) {
      this._assigned.delete(terminal);
      if (this._alone.get(terminal) === gone) {
        this._alone.delete(terminal);
      }
    }
    this._onReplaced.fire(left);
  }

  private async _replaced(gone: ScreenWorker): Promise<void> {
    while (!this._isDisposed && this.all.includes(gone)) {
      await new Promise<void>((resolve) => {
        const subscription = this._onReplaced.event(() => {
          subscription.dispose();
          resolve();
        });
      });
    }
  }
}

const setAside = (terminal: TerminalId): HoldfastError =>
  new HoldfastError(
    'SCREEN_SET_ASIDE',
    `what terminal ${terminal} printed has ended each worker that drew its screen`,
    "Its program runs on: 'holdfast attach' and 'holdfast output' show what it prints. 'holdfast daemon restart' draws it anew.",
  );

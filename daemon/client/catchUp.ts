import { HoldfastError } from '../protocol/errors';
import type { TerminalRefresh } from '../protocol/terminals';
import { Backoff, Pause } from './retry';

/** A calm rate of whole screens: ten a second look alive and cost little. */
export const REFRESH_INTERVAL_MS = 100;
/** Somebody who has just typed, Ctrl-C perhaps, waits for what comes of it: screens come at once and faster. */
const HURRIED_INTERVAL_MS = 20;
const HURRY_MS = 500;
/**
 * A screen is not asked for while more than this is waiting to be displayed in front of it: for one that takes nothing
 * none is made. So little may wait unconfirmed for ever, unless a consumer says otherwise (`AttachOptions.restBytes`).
 */
export const MAX_WAITING_BYTES = 4 * 1024;
/**
 * The flood has ended when the program has written no more than this since the screen before, and the mirror
 * is no further behind: that much any viewer takes in a moment.
 */
const NEAR_BYTES = 64 * 1024;

export interface CatchUpHost {
  /** Rows of scrollback of the screen that ends the catching up; the daemon's limit when undefined. */
  history(): number | undefined;
  refresh(history: number | undefined): Promise<TerminalRefresh.Result>;
  /** Resolves when what was shown has been taken, but for what may stay unconfirmed for ever. */
  drained(): Promise<void>;
  show(reason: 'catch-up' | 'caught-up', screen: TerminalRefresh.Result): void;
  /** The last shown screen is up to date. */
  done(): void;
  /** There is nothing to be shown any more. */
  failed(error: HoldfastError): void;
}

/** Shows a viewer that fell behind whole screens until the flood ends, the last one with its scrollback. */
export class CatchUp {
  private _run: Pause | undefined;
  private _shownAt = Number.NEGATIVE_INFINITY;
  private _hurriedUntil = 0;

  public constructor(private readonly _host: CatchUpHost) {}

  /** Starts, unless it is at it. */
  public start(): void {
    if (this._run === undefined) {
      const run = new Pause();
      this._run = run;
      void this._loop(run);
    }
  }

  /** Somebody has typed. */
  public hurry(): void {
    this._hurriedUntil = performance.now() + HURRY_MS;
    this._run?.wake();
  }

  public stop(): void {
    const run = this._run;
    this._run = undefined;
    run?.dispose();
  }

  private get _interval(): number {
    return performance.now() < this._hurriedUntil ? HURRIED_INTERVAL_MS : REFRESH_INTERVAL_MS;
  }

  private async _loop(run: Pause): Promise<void> {
    const backoff = new Backoff(REFRESH_INTERVAL_MS);
    let head: number | undefined;
    let history: number | undefined = 0;
    while (this._run === run) {
      const isLast: boolean = history !== 0;
      if (!isLast) {
        await run.wait(Math.max(0, this._shownAt + this._interval - performance.now()));
        await this._host.drained();
      }
      try {
        const screen: TerminalRefresh.Result | undefined =
          this._run === run ? await this._host.refresh(history) : undefined;
        if (this._run !== run || screen === undefined) {
          return;
        }
        backoff.reset();
        const isNear: boolean =
          head !== undefined && screen.head - head <= NEAR_BYTES && screen.head - screen.offset <= NEAR_BYTES;
        head = screen.head;
        this._shownAt = performance.now();
        this._host.show(isLast ? 'caught-up' : 'catch-up', screen);
        // The same once more with its scrollback: whoever waits for a prompt does not wait for that.
        history = isNear && !isLast ? this._host.history() : 0;
        if (isNear && history === 0 && this._run === run) {
          this.stop();
          this._host.done();
          return;
        }
      } catch (error) {
        const known = HoldfastError.from(error);
        if (
          this._run === run &&
          (known.code === 'SESSION_NOT_FOUND' || known.code === 'TERMINAL_NOT_FOUND')
        ) {
          this.stop();
          this._host.failed(known);
          return;
        }
        // The daemon is away or busy; the program and its journal are not.
        await run.wait(backoff.next());
      }
    }
  }
}

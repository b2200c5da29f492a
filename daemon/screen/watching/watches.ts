import { Disposable } from '../../lifecycle/lifecycle';
import { HoldfastError } from '../../protocol/errors';
import type { TerminalId } from '../../protocol/ids';
import type { Followed } from '../followed';
import type { Mirror } from '../mirror';
import type { WatchParams, WatchResult } from './conditions';
import { type Baseline, baselineOf } from './freshLines';
import { ScreenWatch } from './screenWatch';

interface Watched {
  readonly terminal: TerminalId;
  /** Absent while its mirror is not there yet. */
  watch?: ScreenWatch;
}

/** The watches of one worker. */
export class Watches extends Disposable {
  private readonly _watched = new Map<number, Watched>();

  /** Resolves with what is met first. @throws HoldfastError INVALID_INPUT */
  public async watch(params: WatchParams, followed: Followed, mirror: Promise<Mirror>): Promise<WatchResult> {
    const watched: Watched = { terminal: params.terminal };
    this._watched.set(params.watch, watched);
    const hold = followed.keepAwake();
    try {
      const there = await mirror;
      if (this._watched.get(params.watch) !== watched) {
        return undefined;
      }
      const baseline = baselineFor(there, params.since);
      return await new Promise<WatchResult>((resolve) => {
        const watch = new ScreenWatch(there, params, baseline, resolve);
        watched.watch = watch;
        if (followed.isOver) {
          watch.finish();
        }
      });
    } finally {
      hold.dispose();
      watched.watch?.dispose();
      if (this._watched.get(params.watch) === watched) {
        this._watched.delete(params.watch);
      }
    }
  }

  /** Nobody waits any more. */
  public cancel(id: number): void {
    const watched = this._watched.get(id);
    this._watched.delete(id);
    watched?.watch?.dispose();
  }

  /** Nothing more will come of a terminal. */
  public finish(terminal: TerminalId): void {
    for (const { terminal: of, watch } of [...this._watched.values()]) {
      if (of === terminal) {
        watch?.finish();
      }
    }
  }

  public override dispose(): void {
    for (const id of [...this._watched.keys()]) {
      this.cancel(id);
    }
    super.dispose();
  }
}

const baselineFor = (mirror: Mirror, since: string | undefined): Baseline | undefined => {
  if (since === undefined) {
    return undefined;
  }
  const baseline =
    mirror.baselineOf(since) ??
    (mirror.visible().revision === since ? baselineOf(mirror.watchable) : undefined);
  if (baseline === undefined) {
    throw new HoldfastError(
      'INVALID_INPUT',
      `the revision '${since}' is not known: it is none of this terminal, or an old one`,
      "Take one of the newest: 'holdfast snapshot --format json' and 'holdfast wait --json' tell them.",
    );
  }
  return baseline;
};

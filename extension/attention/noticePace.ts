import { Disposable } from '../../daemon/lifecycle/lifecycle';

/** So many notifications VS Code has in sight at once (`NotificationsToasts.MAX_NOTIFICATIONS`): another one puts the oldest out of it. */
export const MOST_IN_SIGHT = 3;
/** And each for so long (`PURGE_TIMEOUT`), before it goes to the bell in the status bar. */
export const IN_SIGHT_MS = 10_000;
/** What comes without a rest is told of at last: the badge has said it at once, and each of these takes eyes off some work. */
export const LONGEST_HELD_MS = 30_000;

/**
 * Keeps notifications from driving one another out of sight: as many as there is room for are shown at once, each by itself. What comes beyond
 * that is gathered into one, which is shown when no more has come for as long as those before it are in sight.
 * What is over meanwhile takes no room, and is not told of any more.
 */
export class NoticePace<T> extends Disposable {
  /** Each with what it tells of. */
  private readonly _inSight = new Map<readonly T[], NodeJS.Timeout>();
  private _held: readonly T[] = [];
  private _rest: NodeJS.Timeout | undefined;
  private _longest: NodeJS.Timeout | undefined;

  /**
   * @param _show shows one notification of what it is given, at least one
   * @param _isWanted whether something is still to be told of
   */
  public constructor(
    private readonly _show: (news: readonly T[]) => void,
    private readonly _isWanted: (one: T) => boolean,
  ) {
    super();
  }

  public tell(news: readonly T[]): void {
    if (news.length === 0 || this._isDisposed) {
      return;
    }
    this._forgetWhatIsOver();
    const room = MOST_IN_SIGHT - this._inSight.size;
    const isOneOfMany = [...this._inSight.keys()].some(({ length }) => length > 1);
    if (this._held.length > 0 || isOneOfMany || room === 0) {
      this._hold(news);
    } else if (news.length <= room) {
      for (const one of news) {
        this._put([one]);
      }
    } else {
      this._put(news);
    }
  }

  public override dispose(): void {
    super.dispose();
    this._held = [];
    this._stopWaiting();
    for (const timer of this._inSight.values()) {
      clearTimeout(timer);
    }
    this._inSight.clear();
  }

  private _forgetWhatIsOver(): void {
    for (const [told, timer] of this._inSight) {
      if (!told.some(this._isWanted)) {
        clearTimeout(timer);
        this._inSight.delete(told);
      }
    }
    this._held = this._held.filter(this._isWanted);
    if (this._held.length === 0) {
      this._stopWaiting();
    }
  }

  private _hold(news: readonly T[]): void {
    this._held = [...this._held, ...news];
    const release = (): void => this._release();
    clearTimeout(this._rest);
    this._rest = setTimeout(release, IN_SIGHT_MS).unref();
    this._longest ??= setTimeout(release, LONGEST_HELD_MS).unref();
  }

  private _release(): void {
    this._forgetWhatIsOver();
    const held = this._held;
    this._held = [];
    this._stopWaiting();
    if (held.length > 0) {
      this._put(held);
    }
  }

  private _put(news: readonly T[]): void {
    this._inSight.set(news, setTimeout(() => this._inSight.delete(news), IN_SIGHT_MS).unref());
    this._show(news);
  }

  private _stopWaiting(): void {
    clearTimeout(this._rest);
    clearTimeout(this._longest);
    this._rest = undefined;
    this._longest = undefined;
  }
}

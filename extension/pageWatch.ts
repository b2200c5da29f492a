import { Emitter } from '../daemon/lifecycle/event';
import { Disposable, toDisposable } from '../daemon/lifecycle/lifecycle';

/** How often a window's page is asked for a sign of life, when nobody else wants to know. */
const ASK_EVERY_MS = 60_000;
/** Without an answer for so long it is gone or sleeps. A page behind others may be let run only once a minute. */
export const LEASE_MS = 90_000;
/** A page that answers slower than this is behind others, where nobody looks at it. */
const QUICK_MS = 5000;
/** What has waited is given up in so many steps: behind the sleep of the machine an answer is there, and the timer too. */
const STEPS = 3;

/**
 * Whether there is a page at the other end of this extension host. A server keeps an extension host for hours when its
 * page is gone without a word (a killed browser, a lost network, a laptop asleep), in case that it comes back, and
 * tells it nothing. So the page is asked: what needs it waits until it answers, however late that is.
 */
export class PageWatch extends Disposable {
  private readonly _onDidLeave = this._register(new Emitter<void>());
  /** It has not answered for so long that nobody can be taken to look at this window. */
  public readonly onDidLeave = this._onDidLeave.event;
  private readonly _onDidReturn = this._register(new Emitter<void>());
  /** It answers again. */
  public readonly onDidReturn = this._onDidReturn.event;

  private _question: Promise<void> | undefined;
  private _isThere = true;

  /** @param _ask is answered by the page; an error is an answer too */
  public constructor(private readonly _ask: () => PromiseLike<unknown>) {
    super();
    const timer = setInterval(() => void this.answers(LEASE_MS), ASK_EVERY_MS);
    timer.unref();
    this._register(toDisposable(() => clearInterval(timer)));
  }

  /** Resolves when the page has answered a question. Never rejects. */
  public get answered(): Promise<void> {
    this._question ??= this._asked().finally(() => {
      this._question = undefined;
    });
    return this._question;
  }

  /** Whether it answers in time; where it does not, it is gone until it answers again. */
  public async answers(withinMs: number): Promise<boolean> {
    const question = this.answered;
    for (let step = 0; step < STEPS; step++) {
      if (await inTime(question, withinMs / STEPS)) {
        return true;
      }
    }
    if (this._isThere && !this._isDisposed) {
      this._isThere = false;
      this._onDidLeave.fire();
      void this._untilBack(question);
    }
    return false;
  }

  private async _asked(): Promise<void> {
    try {
      await this._ask();
    } catch {
      // Whoever refuses is there.
    }
  }

  /** A page that is let run once a minute is not back: it would be left again, and again. */
  private async _untilBack(question: Promise<void>): Promise<void> {
    await question;
    for (let isQuick = false; !isQuick; ) {
      const asked = performance.now();
      await this.answered;
      isQuick = performance.now() - asked < QUICK_MS;
    }
    if (!this._isDisposed) {
      this._isThere = true;
      this._onDidReturn.fire();
    }
  }
}

const inTime = (question: Promise<void>, ms: number): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    timer.unref();
    void question.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });

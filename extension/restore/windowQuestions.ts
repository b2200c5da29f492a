import { existsSync, type FSWatcher, readdirSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Emitter } from '../../daemon/lifecycle/event';
import { Disposable, toDisposable } from '../../daemon/lifecycle/lifecycle';

const RECORD = '.json';
const QUESTION = '.ask';
/** Who is asked looks at its page first, and that is given some seconds. */
const ANSWER_MS = 10_000;

/**
 * Windows of the same folders ask each other whether their pages are there, by a file beside the record of who is asked.
 * The answer is its record: free, where the page is gone.
 */
export class WindowQuestions extends Disposable {
  private readonly _onDidAsk = this._register(new Emitter<void>());
  /** Another window wants to know whether this one has a page. */
  public readonly onDidAsk = this._onDidAsk.event;
  private _look: (() => boolean) | undefined;
  private _watcher: FSWatcher | undefined;
  private _timer: NodeJS.Timeout | undefined;

  /** @param _own the name of this window's record in the folder */
  public constructor(
    private readonly _folder: string,
    private readonly _own: () => string,
  ) {
    super();
    this._register(toDisposable(() => this._watcher?.close()));
    this._register(toDisposable(() => clearTimeout(this._timer)));
    this.listen();
  }

  /** There is a folder only once a window has something to note; who has nothing is asked nothing. */
  public listen(): void {
    if (this._watcher !== undefined || !existsSync(this._folder)) {
      return;
    }
    try {
      this._watcher = watch(this._folder, { persistent: false }, (_event, name) => this._changed(name));
      this._watcher.on('error', () => this._watcher?.close());
    } catch {
      // Not watchable: windows whose extension host is gone too are found without a question.
    }
  }

  /** Asks all others. @param look is called when something has changed, until it has found what it looks for */
  public ask(look: () => boolean): void {
    const others = existsSync(this._folder)
      ? readdirSync(this._folder).filter((name) => name.endsWith(RECORD) && name !== this._own())
      : [];
    if (others.length === 0) {
      return;
    }
    this.listen();
    this._look = look;
    this._timer = setTimeout(() => {
      this._look = undefined;
      this._withdraw(others);
    }, ANSWER_MS);
    this._timer.unref();
    for (const name of others) {
      writeFileSync(join(this._folder, name + QUESTION), '', { mode: 0o600 });
    }
  }

  private _changed(name: string | null): void {
    const question = this._own() + QUESTION;
    if (name === question) {
      try {
        rmSync(join(this._folder, question));
      } catch {
        // It is gone: this is what tells of that.
        return;
      }
      this._onDidAsk.fire();
    } else if (name?.endsWith(RECORD) !== false && this._look?.() === true) {
      clearTimeout(this._timer);
      this._look = undefined;
    }
  }

  /** Who has not taken a question by now never does. */
  private _withdraw(asked: readonly string[]): void {
    for (const name of asked) {
      rmSync(join(this._folder, name + QUESTION), { force: true });
    }
  }
}

import { Emitter, type Event } from '../../daemon/lifecycle/event';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import type { TerminalInfo } from '../../daemon/protocol/model';

/** Keys this soon behind an end were meant for the program. */
const LATE_KEY_MS = 400;

/** What is known of the terminal whose end is shown. */
export interface EndSource {
  current(): TerminalInfo | undefined;
  /** What is known may have changed. */
  readonly onDidChange: Event<void>;
}

/** `restart`: start the program again; `view`: somebody else has; `close`: it was read. */
export type AfterEnd = 'restart' | 'view' | 'close';

/** The end of a program, shown until somebody presses a key here or starts the program again anywhere. */
export class ShownEnd extends Disposable {
  private readonly _onDidChoose = this._register(new Emitter<AfterEnd>());
  public readonly onDidChoose = this._onDidChoose.event;

  /**
   * @param _pid the process that has ended: a new one is another program
   * @param _endedAt when people saw it end; 0 when it had ended before they looked
   */
  public constructor(
    private readonly _source: EndSource,
    private readonly _pid: number | null,
    private readonly _endedAt: number,
  ) {
    super();
    this._register(_source.onDidChange(() => this._runsAgain() && this._onDidChoose.fire('view')));
  }

  public key(input: string): void {
    if (Date.now() - this._endedAt < LATE_KEY_MS) {
      return;
    }
    if (input === '\r') {
      this._onDidChoose.fire(this._runsAgain() ? 'view' : 'restart');
    } else if (!input.startsWith('\x1b') || input === '\x1b') {
      // Answers of the emulator are no keys; every key but ESC sequences of them is short and plain.
      this._onDidChoose.fire('close');
    }
  }

  private _runsAgain(): boolean {
    const current = this._source.current();
    return current?.state === 'running' && current.pid !== this._pid;
  }
}

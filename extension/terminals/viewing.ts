import type { Attachment } from '../../daemon/client';
import { Disposable, toDisposable } from '../../daemon/lifecycle/lifecycle';
import { isSmaller, type Size } from '../../daemon/protocol/model';
import type { PageQuestion } from './outputCredit';
import { OutputText } from './outputText';
import type { PaneSize } from './paneSize';
import { SIZE_QUESTION } from './sizeQuestion';

/** What can end a shell that somebody types in: a line, or the end of its input (Ctrl-D). */
const ENDS_A_SHELL = /[\r\x04]/;

/** A terminal of a session in a tab, from attaching to whatever ends it. */
export class Viewing extends Disposable {
  public readonly output: OutputText;
  /** Whether it is the last screen of a program that has ended, drawn to be read: it has no size, its end is the cursor's row. */
  public readonly isToRead: boolean;

  /**
   * @param room what it was attached with
   * @param _typed whether somebody had typed already what may have ended the program
   */
  public constructor(
    public readonly attachment: Attachment,
    private readonly _size: PaneSize,
    room: Size,
    private _typed: boolean,
    page: PageQuestion,
  ) {
    super();
    this._register(toDisposable(() => attachment.detach()));
    this.output = this._register(new OutputText(attachment, page));
    this._register(toDisposable(() => _size.detached()));
    this.isToRead = attachment.viewer === undefined && isSmaller(room, attachment.info.size);
    if (!this.isToRead) {
      this._register(attachment.onResize((inForce) => _size.arrived(inForce)));
    }
    this._register(_size.onDidAsk(() => this.output.ask(SIZE_QUESTION)));
  }

  /** Whether somebody has typed here what may have ended the program. */
  public get typed(): boolean {
    return this._typed;
  }

  public input(input: string): void {
    if (ENDS_A_SHELL.test(input)) {
      this._typed = true;
      this.output.command.entered();
    }
    this._size.typed();
    this.attachment.write(input);
  }
}

import type { Attachment } from '../../daemon/client';
import { Emitter } from '../../daemon/lifecycle/event';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import { OutputCredit } from './outputCredit';

/** The output of one attachment as text for VS Code, with as much of it on the way as can be shown soon. */
export class OutputText extends Disposable {
  private readonly _onText = this._register(new Emitter<string>());
  public readonly onText = this._onText.event;
  private readonly _decoder = new TextDecoder();
  private readonly _credit: OutputCredit;

  public constructor(attachment: Attachment) {
    super();
    this._credit = this._register(new OutputCredit((bytes) => attachment.acknowledge(bytes)));
    this._register(
      attachment.onData((bytes) =>
        this._fire(this._credit.push(this._decoder.decode(bytes, { stream: true }), bytes.length)),
      ),
    );
  }

  /** Whether VS Code's answer to a parse token may be among the next input. */
  public get isExpecting(): boolean {
    return this._credit.isExpecting;
  }

  /** That many parse tokens were answered. */
  public answered(count: number): void {
    for (let i = 0; i < count; i++) {
      this._credit.answered();
    }
  }

  /** No more bytes come: the beginning of a character is shown as the replacement character. */
  public end(): void {
    this._fire(this._decoder.decode());
  }

  private _fire(text: string): void {
    if (text !== '') {
      this._onText.fire(text);
    }
  }
}

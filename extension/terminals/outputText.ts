import type { Attachment } from '../../daemon/client';
import { Emitter } from '../../daemon/lifecycle/event';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import { CommandInFlight } from './commandInFlight';
import { OUTPUT_WINDOW_BYTES, OutputCredit, type PageQuestion } from './outputCredit';
import { PlainMarks } from './plainMarks';

/** Handed over at once: VS Code gathers what comes within 5 ms anyway. */
const PIECE_BYTES = 32 * 1024;

/**
 * The output of one attachment as text for VS Code. What was handed over can't be taken back: no more than can be shown
 * soon is on its way, the rest waits here, and is dropped when whole screens are to follow. Only this viewer's stream
 * is slowed by it, never the program.
 */
export class OutputText extends Disposable {
  private readonly _onText = this._register(new Emitter<string>());
  public readonly onText = this._onText.event;
  /** What a shell of Holdfast says here that it runs. */
  public readonly command = new CommandInFlight();
  private _decoder = new TextDecoder();
  private readonly _marks = new PlainMarks(this.command);
  private readonly _credit: OutputCredit;
  private readonly _waiting: Uint8Array[] = [];

  public constructor(
    private readonly _attachment: Pick<Attachment, 'onData' | 'onState' | 'acknowledge'>,
    page: PageQuestion,
  ) {
    super();
    this._credit = this._register(new OutputCredit((bytes) => this._confirmed(bytes), page));
    this._register(
      _attachment.onData((bytes) => {
        this._waiting.push(bytes);
        this._pump();
      }),
    );
    this._register(_attachment.onState((state) => state === 'catching-up' && this._skip()));
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

  /** Asks VS Code's terminal something, now or once the program's output leaves room for it. */
  public ask(question: string): void {
    this._fire(this._credit.insert(question));
  }

  /** No more bytes come: all that waits is shown, the beginning of a character as the replacement character. */
  public end(): void {
    for (const bytes of this._waiting.splice(0)) {
      this._fire(this._marks.push(this._decoder.decode(bytes, { stream: true })));
    }
    this._fire(this._marks.push(this._decoder.decode()) + this._marks.end() + this._credit.takeInsert());
  }

  private _confirmed(bytes: number): void {
    this._attachment.acknowledge(bytes);
    this._pump();
  }

  private _pump(): void {
    for (;;) {
      const room = OUTPUT_WINDOW_BYTES - this._credit.unconfirmed;
      const first = this._waiting[0];
      if (first === undefined || room <= 0) {
        return;
      }
      const piece = first.subarray(0, Math.min(PIECE_BYTES, room));
      if (piece.length === first.length) {
        this._waiting.shift();
      } else {
        this._waiting[0] = first.subarray(piece.length);
      }
      const text = this._marks.push(this._decoder.decode(piece, { stream: true }));
      this._fire(this._credit.push(text, piece.length, this._waiting.length > 0));
    }
  }

  /** A screen follows, with a reset in front of it: what waits would only be seen to fly by. */
  private _skip(): void {
    const dropped = this._waiting.splice(0).reduce((sum, bytes) => sum + bytes.length, 0);
    this._decoder = new TextDecoder();
    this._marks.end();
    this._fire(this._credit.close());
    this._attachment.acknowledge(dropped);
  }

  private _fire(text: string): void {
    if (text !== '') {
      this._onText.fire(text);
    }
  }
}

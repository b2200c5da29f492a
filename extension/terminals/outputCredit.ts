import { MAX_WAITING_BYTES } from '../../daemon/client/catchUp';
import type { IDisposable } from '../../daemon/lifecycle/lifecycle';
import { GroundState } from './groundState';
import { PARSE_TOKEN } from './parseTokens';

/** So much may be on its way to VS Code and not yet parsed: what a key's effect has to wait for. */
export const OUTPUT_WINDOW_BYTES = 256 * 1024;
/** A token for each so many bytes: often enough to keep the window moving, rare enough to cost nothing. */
export const TOKEN_EVERY_BYTES = 32 * 1024;
/**
 * And behind what nothing follows, unless it is less than this: who counts what is still to be shown (a flood's next
 * screen waits for the one before) must not wait for a token that comes with later output.
 */
export const TOKEN_REST_BYTES = MAX_WAITING_BYTES;
/** A string (an image, say) this long inside one sequence would hold the next token back for ever. */
export const UNTOKENED_LIMIT_BYTES = 64 * 1024;
/** A terminal that has not answered for this long does not know DECRQM, or its page sleeps. */
export const ANSWER_TIMEOUT_MS = 2000;
/** Credit is then given at this rate, as long as the page answers at all: VS Code parses at least 5 MB/s. */
export const CAPPED_BYTES_PER_MS = 4 * 1024;
/** How often credit is given while the rate is capped. */
export const CAPPED_TICK_MS = 50;
/** After an answer of the page credit is given for so long. */
const ANSWER_HOLDS_MS = 1000;
/** CAN ends any sequence without effect; ECMA-48 §8.3.13 and DEC STD 070. */
const CANCEL = '\x18';

/** Answers that never came are forgotten beyond this many. */
const MAX_PENDING = 256;

/** Asks the page whether it is there at all: VS Code keeps what is sent to one that is gone, for hours and without bounds. */
export interface PageQuestion {
  /** Resolves when the page answers, however late. */
  pageAnswers(): Promise<void>;
}

interface Pending {
  /** Not yet credited; 0 when the clock was faster than the answer. */
  bytes: number;
  /** Whether a token stands behind these bytes. */
  readonly tokened: boolean;
}

/**
 * Counts what was written to the terminal and not yet parsed, by tokens that it puts between the sequences of the
 * output and by the clock where tokens don't help.
 */
export class OutputCredit implements IDisposable {
  private readonly _ground = new GroundState();
  /** What was written and not yet known to be parsed, oldest first. */
  private readonly _pending: Pending[] = [];
  private _untokened = 0;
  /** What is to be put in where it fits. */
  private _insert = '';
  private _timer: NodeJS.Timeout | undefined;
  private _capped = false;
  private _cappedAt = 0;
  /** Until when credit is given by the clock; undefined while the page is asked. */
  private _answerHolds: number | undefined = 0;
  private _isDisposed = false;

  /** @param _acknowledge is told how many more bytes have been parsed. */
  public constructor(
    private readonly _acknowledge: (bytes: number) => void,
    private readonly _page: PageQuestion,
    private readonly _now: () => number = Date.now,
  ) {}

  /** Bytes written and not known to be parsed. */
  public get unconfirmed(): number {
    return this._pending.reduce((sum, pending) => sum + pending.bytes, this._untokened);
  }

  /** Whether a token's answer may arrive any moment. */
  public get isExpecting(): boolean {
    return !this._capped && this._pending.some((pending) => pending.tokened);
  }

  /** Whether answers stayed away and credit is given by the clock. */
  public get isCapped(): boolean {
    return this._capped;
  }

  /**
   * Call for each piece of output, in order.
   * @param text the piece as it is going to be written; @param bytes what it counts for in the stream;
   * @param more whether another piece waits behind it.
   * @returns the text, with a token in it where one is due and fits.
   */
  public push(text: string, bytes: number, more: boolean): string {
    const place = this._ground.push(text);
    this._untokened += bytes;
    const due = more ? TOKEN_EVERY_BYTES : TOKEN_REST_BYTES;
    let inserted = '';
    if (place >= 0) {
      inserted = this._insert;
      this._insert = '';
    }
    if (this._untokened >= due && place >= 0) {
      this._enqueue(Math.max(0, this._untokened - Buffer.byteLength(text.slice(place))), true);
      inserted += PARSE_TOKEN;
    }
    // What is left is inside a sequence, or a line without end.
    if (this._untokened >= (more ? UNTOKENED_LIMIT_BYTES : TOKEN_REST_BYTES)) {
      this._enqueue(this._untokened, false);
    }
    return inserted === '' ? text : text.slice(0, place) + inserted + text.slice(place);
  }

  /** @returns what to write now so that `text` is put between the program's sequences: nothing when it has to wait */
  public insert(text: string): string {
    if (this._ground.isGround) {
      return text;
    }
    this._insert += text;
    return '';
  }

  /** What was written is followed by a reset. @returns what to write so that all of it will be confirmed */
  public close(): string {
    const inserted = this.takeInsert();
    if (this._untokened < TOKEN_REST_BYTES) {
      return inserted;
    }
    this._ground.reset();
    this._enqueue(this._untokened, true);
    return CANCEL + inserted + PARSE_TOKEN;
  }

  /** No more output comes. @returns what still had to be put in; a sequence that is open ends with it. */
  public takeInsert(): string {
    const inserted = this._insert;
    this._insert = '';
    return inserted;
  }

  /** Call for each answer that came in: all before its token has been parsed. */
  public answered(): void {
    const token = this._pending.findIndex((pending) => pending.tokened);
    const parsed = this._pending.splice(0, token + 1);
    this._capped = false;
    this._arm();
    this._give(parsed.reduce((sum, pending) => sum + pending.bytes, 0));
  }

  public dispose(): void {
    this._isDisposed = true;
    clearTimeout(this._timer);
    this._timer = undefined;
    this._pending.length = 0;
  }

  private _enqueue(bytes: number, tokened: boolean): void {
    this._pending.push({ bytes, tokened });
    this._untokened -= bytes;
    if (this._pending.length > MAX_PENDING) {
      this._give(this._pending.shift()?.bytes ?? 0);
    }
    if (this._timer === undefined) {
      this._arm();
    }
  }

  private _arm(): void {
    clearTimeout(this._timer);
    this._timer = undefined;
    const next = this._pending.find((pending) => pending.bytes > 0);
    if (next === undefined) {
      return;
    }
    this._cappedAt = this._now();
    const byTheClock = this._capped || !next.tokened;
    if (byTheClock && !this._isPageThere()) {
      return;
    }
    this._timer = setTimeout(() => this._tick(), byTheClock ? CAPPED_TICK_MS : ANSWER_TIMEOUT_MS);
  }

  /** Whether it has answered just now; where it has not it is asked, and all waits for that. */
  private _isPageThere(): boolean {
    if (this._answerHolds !== undefined && this._now() < this._answerHolds) {
      return true;
    }
    if (this._answerHolds !== undefined) {
      this._answerHolds = undefined;
      void this._page.pageAnswers().then(() => {
        this._answerHolds = this._now() + ANSWER_HOLDS_MS;
        if (!this._isDisposed && this._timer === undefined) {
          this._arm();
        }
      });
    }
    return false;
  }

  /** No answer came: gives what the capped rate allows since the last time. */
  private _tick(): void {
    const head = this._pending.find((pending) => pending.bytes > 0);
    this._capped ||= head?.tokened === true;
    let allowed = Math.min(this._now() - this._cappedAt, CAPPED_TICK_MS) * CAPPED_BYTES_PER_MS;
    let bytes = 0;
    for (const pending of this._pending) {
      if (pending.tokened && pending.bytes > 0 && !this._capped) {
        break;
      }
      const taken = Math.min(pending.bytes, allowed);
      pending.bytes -= taken;
      allowed -= taken;
      bytes += taken;
    }
    this._arm();
    this._give(bytes);
  }

  private _give(bytes: number): void {
    if (bytes > 0) {
      this._acknowledge(bytes);
    }
  }
}

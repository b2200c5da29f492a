import type { IDisposable } from '../../daemon/lifecycle/lifecycle';
import { GroundState } from './groundState';
import { PARSE_TOKEN } from './parseTokens';

/** A token for each so many bytes: enough to keep STREAM_WINDOW moving, rare enough to cost nothing. */
export const TOKEN_EVERY_BYTES = 64 * 1024;
/** A string (an image, say) this long inside one sequence would hold the next token back for ever. */
export const UNTOKENED_LIMIT_BYTES = 256 * 1024;
/** A terminal that has not answered for this long does not know DECRQM, or its page sleeps. */
export const ANSWER_TIMEOUT_MS = 2000;
/** Credit is then given at this rate: VS Code parses at least 5 MB/s. */
export const CAPPED_BYTES_PER_MS = 4 * 1024;
/** How often credit is given while the rate is capped. */
export const CAPPED_TICK_MS = 50;

/** Answers that never came are forgotten beyond this many. */
const MAX_PENDING = 256;

interface Pending {
  /** Not yet credited; 0 when the clock was faster than the answer. */
  bytes: number;
  /** Whether a token stands behind these bytes. */
  readonly tokened: boolean;
}

/**
 * Tells a stream how much of its output the terminal has parsed, so that no more is sent than can be shown
 * soon. Only this viewer's stream is slowed by it, never the program.
 */
export class OutputCredit implements IDisposable {
  private readonly _ground = new GroundState();
  /** What was written and not yet known to be parsed, oldest first. */
  private readonly _pending: Pending[] = [];
  private _untokened = 0;
  private _timer: NodeJS.Timeout | undefined;
  private _capped = false;
  private _cappedAt = 0;

  /** @param _acknowledge is told how many more bytes have been parsed. */
  public constructor(
    private readonly _acknowledge: (bytes: number) => void,
    private readonly _now: () => number = Date.now,
  ) {}

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
   * @param text the piece as it is going to be written; @param bytes what it counts for in the stream.
   * @returns the text, with a token behind it where one is due and fits.
   */
  public push(text: string, bytes: number): string {
    this._ground.push(text);
    this._untokened += bytes;
    if (this._untokened >= TOKEN_EVERY_BYTES && this._ground.isGround) {
      this._enqueue(true);
      return text + PARSE_TOKEN;
    }
    if (this._untokened >= UNTOKENED_LIMIT_BYTES) {
      this._enqueue(false);
    }
    return text;
  }

  /** Call for each answer that came in: all before its token has been parsed. */
  public answered(): void {
    const token = this._pending.findIndex((pending) => pending.tokened);
    const parsed = this._pending.splice(0, token + 1);
    this._capped = false;
    this._arm();
    this._give(parsed.reduce((sum, pending) => sum + pending.bytes, 0));
  }

  /** The terminal was reset: an open sequence is gone. */
  public reset(): void {
    this._ground.reset();
  }

  public dispose(): void {
    clearTimeout(this._timer);
    this._timer = undefined;
    this._pending.length = 0;
  }

  private _enqueue(tokened: boolean): void {
    this._pending.push({ bytes: this._untokened, tokened });
    this._untokened = 0;
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
    this._timer = setTimeout(() => this._tick(), byTheClock ? CAPPED_TICK_MS : ANSWER_TIMEOUT_MS);
  }

  /** No answer came: gives what the capped rate allows since the last time. */
  private _tick(): void {
    const head = this._pending.find((pending) => pending.bytes > 0);
    this._capped ||= head?.tokened === true;
    let allowed = Math.min(this._now() - this._cappedAt, CAPPED_TICK_MS) * CAPPED_BYTES_PER_MS;
    let bytes = 0;
    for (const pending of this._pending) {
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

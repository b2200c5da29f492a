import type { IDisposable } from '../lifecycle/lifecycle';
import type { ThemeColors } from '../protocol/terminals';

/** Colours of xterm's palette that a theme sets. */
const THEME_COLORS = 16;
/** How long the beginning of a reply waits for its rest, when a read has cut it in two. */
const PARTIAL_REPLY_MS = 50;
/** One that has not answered by then may never do: keys wait no more, whole replies are still taken out. */
const SLOWEST_ANSWER_MS = 3000;
const ESC = 0x1b;

/** A reply to OSC 4, 10, 11 or 12: one to four hexadecimal digits a channel (XParseColor). */
const COLOR_REPLY = /^\x1b\](?:4;(\d{1,3})|(1[0-2]));rgba?:([0-9a-fA-F/]{5,24})(?:\x07|\x1b\\)/;
const DEVICE_ATTRIBUTES = /^\x1b\[\?[\d;]*c/;
const BEGINNING = /^\x1b(?:\](?:\d{1,2}(?:;[\d;rgba:/A-F]*\x1b?)?)?|\[(?:\?[\d;]*)?)?$/i;

export interface ThemeProbeSink {
  /** Input that is no reply, in order. */
  send(data: Buffer): void;
  /** The emulator has told all it knows. */
  told(colors: ThemeColors): void;
  /** All replies have come; called once, before what follows them is passed on. */
  over?(): void;
}

/**
 * Asks the emulator that a session is shown in for its colours, and takes the replies out of what it sends as
 * input. Behind the questions it asks for DA1, which every terminal answers: whatever comes later, however
 * slow the connection is, the replies are taken out up to that one, and nothing but input follows it.
 */
export class ThemeProbe implements IDisposable {
  /** To be written to the emulator once, before anything that may ask it. */
  public static readonly question = [
    ...[10, 11, 12].map((code) => `\x1b]${code};?\x1b\\`),
    ...Array.from({ length: THEME_COLORS }, (_, index) => `\x1b]4;${index};?\x1b\\`),
    '\x1b[c',
  ].join('');

  private _held: Buffer = Buffer.alloc(0);
  private _timer: NodeJS.Timeout | undefined;
  private _isOver = false;
  private readonly _startedAt = performance.now();
  private readonly _dynamic = new Map<string, string>();
  private readonly _ansi = new Map<number, string>();

  public constructor(private readonly _sink: ThemeProbeSink) {}

  /** Whether replies may still be on their way. */
  public get isWaiting(): boolean {
    return !this._isOver && performance.now() - this._startedAt < SLOWEST_ANSWER_MS;
  }

  /** Whether all replies have come: nothing is taken out of the input any more. */
  public get isOver(): boolean {
    return this._isOver;
  }

  public push(chunk: Buffer): void {
    if (this._held.length === 0 && (this._isOver || !chunk.includes(ESC))) {
      this._pass(chunk);
      return;
    }
    clearTimeout(this._timer);
    const wasOver = this._isOver;
    const input = this._held.length === 0 ? chunk : Buffer.concat([this._held, chunk]);
    this._held = Buffer.alloc(0);
    let kept = 0;
    let at = 0;
    while (!this._isOver && at < input.length) {
      at = input.indexOf(ESC, at);
      if (at < 0) {
        break;
      }
      const text = input.toString('latin1', at, at + 64);
      const length = this._replyLength(text);
      if (length > 0) {
        this._pass(input.subarray(kept, at));
        at += length;
        kept = at;
      } else if (this.isWaiting && at + text.length === input.length && BEGINNING.test(text)) {
        this._pass(input.subarray(kept, at));
        this._hold(input.subarray(at));
        return;
      } else {
        at++;
      }
    }
    if (this._isOver && !wasOver) {
      this._sink.over?.();
    }
    this._pass(input.subarray(kept));
    if (this._isOver && !wasOver) {
      this._tell();
    }
  }

  /** Passes on what is held back; replies are not recognised any more. */
  public dispose(): void {
    clearTimeout(this._timer);
    this._isOver = true;
    this._pass(this._held);
    this._held = Buffer.alloc(0);
  }

  private _hold(bytes: Buffer): void {
    this._held = Buffer.from(bytes);
    this._timer = setTimeout(() => {
      const held = this._held;
      this._held = Buffer.alloc(0);
      this._pass(held);
    }, PARTIAL_REPLY_MS);
  }

  private _pass(bytes: Buffer): void {
    if (bytes.length > 0) {
      this._sink.send(bytes);
    }
  }

  private _replyLength(text: string): number {
    const attributes = DEVICE_ATTRIBUTES.exec(text);
    if (attributes !== null) {
      this._isOver = true;
      return attributes[0].length;
    }
    const [all = '', index, dynamic, value = ''] = COLOR_REPLY.exec(text) ?? [];
    const color = hexOf(value);
    if (index !== undefined && color !== undefined) {
      this._ansi.set(Number(index), color);
    } else if (dynamic !== undefined && color !== undefined) {
      this._dynamic.set(dynamic, color);
    }
    return all.length;
  }

  private _tell(): void {
    const ansi = Array.from({ length: THEME_COLORS }, (_, index) => this._ansi.get(index) ?? null);
    const [foreground, background, cursor] = ['10', '11', '12'].map((code) => this._dynamic.get(code));
    if (this._dynamic.size === 0 && this._ansi.size === 0) {
      return;
    }
    this._sink.told({
      ...(foreground === undefined ? {} : { foreground }),
      ...(background === undefined ? {} : { background }),
      ...(cursor === undefined ? {} : { cursor }),
      ...(this._ansi.size === 0 ? {} : { ansi }),
    });
  }
}

/** `rrrr/gggg/bbbb`, with any number of digits a channel, as `#rrggbb`. */
const hexOf = (value: string): string | undefined => {
  const channels = value.split('/').slice(0, 3);
  if (channels.length < 3 || channels.some((digits) => !/^[0-9a-f]{1,4}$/i.test(digits))) {
    return undefined;
  }
  return `#${channels
    .map((digits) =>
      Math.round((Number.parseInt(digits, 16) / (16 ** digits.length - 1)) * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
};

import type { Terminal } from '@xterm/headless';
import { Emitter } from '../lifecycle/event';
import { Disposable } from '../lifecycle/lifecycle';
import type { Millis } from '../protocol/ids';
import { unescaped } from './escapedText';

/** What a shell with Holdfast's integration says (daemon/shells/scripts/bash.sh); nobody else knows its nonce. */
export type ShellMark =
  | { readonly kind: 'integrated' }
  | {
      readonly kind: 'started';
      /** Which prompt of the terminal it was entered at: greater than that of every command before. */
      readonly number: number;
      /** As it was entered; null when the shell keeps it out of its own history. */
      readonly line: string | null;
      /** The folder that was told last. */
      readonly cwd: string | null;
      readonly at: Millis;
    }
  | {
      readonly kind: 'finished';
      readonly number: number;
      readonly exitCode: number | null;
      readonly at: Millis;
      /** As the shell has measured it, in milliseconds. */
      readonly durationMs: number | null;
    };

export interface ShellMarksOptions {
  /** Without one, nothing is believed. */
  readonly nonce: string | undefined;
  readonly folder: () => string | null;
  /** What stands behind the newest prompt in its row, as far as the row is there. */
  readonly entered: () => string | undefined;
}

/** A shell's clock may be ahead of a mirror's by what two readings differ; more is no time of this moment. */
const CLOCK_TOLERANCE_MS = 60_000;

/** Hears the marks of a shell that say the nonce, and what they tell. */
export class ShellMarks extends Disposable {
  private readonly _onMark = this._register(new Emitter<ShellMark>());
  public readonly onMark = this._onMark.event;
  private _line: string | null = null;

  public constructor(
    terminal: Terminal,
    private readonly _options: ShellMarksOptions,
  ) {
    super();
    if (_options.nonce !== undefined) {
      this._register(
        terminal.parser.registerOscHandler(633, (data) => {
          this._heard(data.split(';'));
          return false;
        }),
      );
    }
  }

  private _heard(fields: readonly string[]): void {
    const { nonce } = this._options;
    const [kind, first = ''] = fields;
    if (kind === 'E' && fields[2] === nonce) {
      this._line = unescaped(first);
    } else if (kind === 'P' && first === 'Repeated' && fields[3] === nonce) {
      this._line = this._repeated(unescaped(fields[2] ?? ''));
    } else if (kind === 'P' && first === `Holdfast=${nonce}`) {
      this._onMark.fire({ kind: 'integrated' });
    } else if (kind === 'C' && first === nonce) {
      this._started(fields);
    } else if (kind === 'D' && fields[2] === nonce) {
      this._finished(fields);
    }
  }

  private _started([, , numberText, time]: readonly string[]): void {
    const number = integer(numberText);
    const line = this._line;
    this._line = null;
    if (number !== undefined) {
      this._onMark.fire({ kind: 'started', number, line, cwd: this._options.folder(), at: moment(time) });
    }
  }

  private _finished([, status, , numberText, time, duration]: readonly string[]): void {
    const number = integer(numberText);
    this._line = null;
    if (number !== undefined) {
      this._onMark.fire({
        kind: 'finished',
        number,
        exitCode: integer(status) ?? null,
        at: moment(time),
        durationMs: integer(duration) ?? null,
      });
    }
  }

  /**
   * The shell's history has not grown, so it can't tell whether its newest line was entered again or another one was kept
   * out: what stands behind the prompt does.
   */
  private _repeated(line: string): string | null {
    const entered = this._options.entered();
    return entered !== undefined && entered !== '' && line.startsWith(entered) ? line : null;
  }
}

const integer = (text: string | undefined): number | undefined =>
  text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;

/** The shell's own time: what it wrote may be read long after. */
const moment = (text: string | undefined): Millis => {
  const now = Date.now();
  const told = integer(text);
  return told !== undefined && told > 0 && told < now + CLOCK_TOLERANCE_MS ? told : now;
};

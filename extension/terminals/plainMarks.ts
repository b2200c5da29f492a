import type { CommandInFlight } from './commandInFlight';

/** What stands in front of the letter of a mark: OSC 633. */
const INTRODUCER = '\x1b]633;';
/** C, and D with a status, with what Holdfast's shells tell behind it. */
const TOLD_MORE = /(\x1b\]633;(C|D;\d+));[^\x07\x1b]*\x07/g;
/** What may become one of them: of INTRODUCER as much as there is, and what is behind it up to now. */
const BEGUN = /\x1b(?:\](?:6(?:3(?:3(?:;(?:[CD](?:;[^\x07\x1b]*)?)?)?)?)?)?)?$/;
/** A mark is a third of that; what is longer is handed on as it came. */
const LONGEST = 256;

/**
 * Marks as VS Code looks for them. Where a command runs and where it has ended (OSC 633 ; C and D), VS Code cuts what it is handed, so
 * that what lies between them is the output that `TerminalShellExecution.read` gives to other extensions; it does so where a
 * mark has no more fields than its own shells write, and comes in one piece (`TerminalInstance._onProcessData`, 1.104–1.139). What else our
 * shells tell there is the daemon's.
 */
export class PlainMarks {
  private _held = '';

  /** @param _command is told of each command that a shell of Holdfast says to run, and to have ended */
  public constructor(private readonly _command: Pick<CommandInFlight, 'began' | 'ended'>) {}

  /** @returns what is to be handed on now: what may be the beginning of a mark, which nobody sees, waits for the rest */
  public push(text: string): string {
    const whole = this._held + text;
    const begun = whole.slice(-LONGEST).match(BEGUN)?.[0] ?? '';
    this._held = begun;
    const ready = whole.slice(0, whole.length - begun.length);
    return ready.includes(INTRODUCER)
      ? ready.replace(TOLD_MORE, (_, mark, kind) => this._plain(mark, kind))
      : ready;
  }

  /** @returns what has waited: nothing is to follow it */
  public end(): string {
    const held = this._held;
    this._held = '';
    return held;
  }

  private _plain(mark: string, kind: string): string {
    if (kind === 'C') {
      this._command.began();
    } else {
      this._command.ended();
    }
    return `${mark}\x07`;
  }
}

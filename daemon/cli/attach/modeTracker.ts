import type { ThemeColors } from '../../protocol/terminals';
import { ColourChanges } from './colourChanges';
import { type SequenceHandler, SequenceReader } from './sequenceReader';

const ESC = '\x1b';
const CSI = `${ESC}[`;
const OSC = `${ESC}]`;
const ST = `${ESC}\\`;

/** DEC private modes that are on in a terminal nobody has changed: DECARM, DECAWM, DECTCEM. */
const ON_BY_DEFAULT: ReadonlySet<number> = new Set([7, 8, 25]);
/** The alternate screen in its three ages; 1048 saves and restores the cursor and leaves no state. */
const ALTERNATE_SCREEN: ReadonlySet<number> = new Set([47, 1047, 1049]);
const NO_STATE: ReadonlySet<number> = new Set([1048]);
const ORIGIN_MODE = 6;
/** DECCOLM and its permission: setting them back would clear the screen. */
const LEFT_ALONE: ReadonlySet<number> = new Set([3, 40]);
/** ANSI modes that programs change: KAM, IRM, SRM, LNM. */
const ANSI_ON_BY_DEFAULT: ReadonlySet<number> = new Set([12]);

/** Flags of the kitty keyboard protocol on one screen: how many were pushed, and whether they were set. */
interface KittyKeyboard {
  depth: number;
  set: boolean;
}

/**
 * Knows which modes a session's output has switched on in the terminal that shows it, so that exactly
 * those can be switched off again. Feed it all that is written to that terminal.
 */
export class ModeTracker implements SequenceHandler {
  private readonly _reader = new SequenceReader(this);
  private readonly _private = new Map<number, boolean>();
  private readonly _ansi = new Map<number, boolean>();
  private readonly _kitty: Record<'normal' | 'alternate', KittyKeyboard> = {
    normal: { depth: 0, set: false },
    alternate: { depth: 0, set: false },
  };
  private readonly _modifyKeys = new Set<string>();
  private readonly _charsets = new Set<string>();
  private readonly _colours = new ColourChanges();
  /** What was pushed with each title that waits on the stack: both, the icon's or the window's. */
  private readonly _titles: string[] = [];
  /** Plain facts: whether there is something to undo. */
  private _shifted = false;
  private _keypad = false;
  private _cursorStyle = false;
  private _margins = false;
  private _sideMargins = false;
  private _protected = false;
  private _tabStops = false;
  private _hyperlink = false;
  private _progress = false;
  private _pointer = false;
  /** The row of CUP, where nothing but modes and keyboard flags has come behind it. */
  private _movedTo: number | undefined;
  /** The cursor's row on the normal screen, from 1: a snapshot leaves it there and shows the alternate one by mode 47. */
  private _normalRow: number | undefined;

  public push(chunk: Uint8Array): void {
    this._reader.push(chunk);
  }

  /** Whether what was written ends inside a sequence: what is written next continues it. */
  public get isOpen(): boolean {
    return this._reader.isOpen;
  }

  /** Whether the terminal reports things by itself: they may still be on their way when modes are reset. */
  public get reportsEvents(): boolean {
    return [9, 1000, 1001, 1002, 1003, 1004, 2031, 2048].some((mode) => this._private.get(mode) === true);
  }

  public get isAlternate(): boolean {
    return [...ALTERNATE_SCREEN].some((mode) => this._private.get(mode) === true);
  }

  /**
   * Where leaving the alternate screen puts the cursor: 1049 where it was by itself, 47 and 1047 leave it where it is, so
   * that a row from 1 is told; `unknown` when only the program knew it.
   */
  public get rowOnNormalScreen(): 'restored' | 'unknown' | number {
    return this._private.get(1049) === true ? 'restored' : (this._normalRow ?? 'unknown');
  }

  /** Whether `reset` moves the cursor: DECOM does, and there is no way around it. */
  public get resetMovesCursor(): boolean {
    return this._private.get(ORIGIN_MODE) === true && !this.isAlternate;
  }

  /**
   * What undoes everything and shows the normal screen; afterwards nothing is known to be set. The cursor
   * stays where it is on that screen.
   * @param told the terminal's own colours, as far as it has told them
   */
  public reset(cols: number, told?: ThemeColors): string {
    const text = this._resetText(cols, told);
    this._forget();
    this._titles.length = 0;
    return text;
  }

  private _resetText(cols: number, told: ThemeColors | undefined): string {
    const parts: string[] = [];
    if (this.isOpen) {
      // CAN ends a sequence the output was cut in.
      parts.push('\x18');
    }
    // DECSTBM, DECLRMM and tab stops: undoing them moves the cursor, DECSC and DECRC put it back.
    const moving = [
      this._sideMargins ? `${CSI}?69l` : '',
      this._margins ? `${CSI}r` : '',
      this._tabStops ? standardTabStops(cols) : '',
    ].join('');
    if (this.isAlternate) {
      // Kitty flags and margins belong to each screen, so those of the alternate one are undone on it.
      parts.push(kittyReset(this._kitty.alternate), moving);
    }
    for (const [mode, on] of this._private) {
      const standard = ON_BY_DEFAULT.has(mode);
      if (on !== standard && !LEFT_ALONE.has(mode)) {
        parts.push(`${CSI}?${mode}${standard ? 'h' : 'l'}`);
      }
    }
    parts.push(kittyReset(this._kitty.normal));
    for (const [mode, on] of this._ansi) {
      if (on !== ANSI_ON_BY_DEFAULT.has(mode)) {
        parts.push(`${CSI}${mode}${on ? 'l' : 'h'}`);
      }
    }
    // XTMODKEYS without a value: back to the initial one.
    parts.push(...[...this._modifyKeys].map((resource) => `${CSI}>${resource}m`));
    // G0 to G3 are ASCII again, and SI shows G0.
    parts.push(...[...this._charsets].map((slot) => `${ESC}${slot}B`));
    parts.push(this._shifted ? '\x0f' : '');
    // DECKPNM, DECSCUSR, DECSCA
    parts.push(this._keypad ? `${ESC}>` : '');
    parts.push(this._cursorStyle ? `${CSI}0 q` : '');
    parts.push(this._protected ? `${CSI}0"q` : '');
    parts.push(this._hyperlink ? `${OSC}8;;${ST}` : '');
    parts.push(this._progress ? `${OSC}9;4;0${ST}` : '');
    parts.push(this._pointer ? `${OSC}22;${ST}` : '');
    parts.push(this._colours.undo(told));
    // The last that was pushed comes back first; the first of all is the title from before the session.
    parts.push(...this._titles.map((kind) => `${CSI}23;${kind}t`).reverse());
    parts.push(`${CSI}0m`);
    parts.push(moving === '' ? '' : `${ESC}7${moving}${ESC}8`);
    return parts.join('');
  }

  public esc(text: string): void {
    const first = text.charAt(0);
    if (text === 'c') {
      // RIS: the terminal has reset itself, to its own colours and not to those the person had set in it.
      this._forget();
      this._colours.resetAll();
    } else if (text === '=' || text === '>') {
      this._keypad = text === '=';
    } else if (text === 'H') {
      this._tabStops = true;
    } else if (['n', 'o', '|', '}', '~'].includes(text)) {
      // Locking shifts LS2, LS3, LS1R–LS3R.
      this._shifted = true;
    } else if ('()*+'.includes(first) && text.length > 1) {
      if (text.slice(1) === 'B') {
        this._charsets.delete(first);
      } else {
        this._charsets.add(first);
      }
    }
  }

  public shift(out: boolean): void {
    this._shifted = out;
  }

  public osc(text: string): void {
    const code = text.split(';', 1)[0] ?? '';
    this._colours.osc(text);
    if (code === '8') {
      this._hyperlink = !/^8;[^;]*;$/.test(text);
    } else if (text.startsWith('9;4;')) {
      this._progress = !text.startsWith('9;4;0');
    } else if (code === '22') {
      this._pointer = text !== '22;';
    }
  }

  public draws(row: number | undefined): void {
    this._movedTo = row;
  }

  public csi(text: string): void {
    const final = text.at(-1);
    const body = text.slice(0, -1);
    if (final === 'H') {
      this._movedTo = Number(/^\d+/.exec(body)?.[0] ?? 1);
    } else if (!/^[?<>=].*[hlu]$/.test(text)) {
      this._movedTo = undefined;
    }
    if (final === 'h' || final === 'l') {
      this._setModes(body, final === 'h');
    } else if (final === 'u') {
      this._kittyFlags(body);
    } else if (final === 'm' && body.startsWith('>')) {
      this._modifyOtherKeys(body.slice(1));
    } else if (final === 'q' && body.endsWith(' ')) {
      this._cursorStyle = body !== '0 ' && body !== ' ';
    } else if (final === 'q' && body.endsWith('"')) {
      this._protected = body.startsWith('1');
    } else if (final === 'p' && body === '!') {
      this._softReset();
    } else if (final === 'r' && /^[\d;]*$/.test(body)) {
      this._margins = body !== '' && body !== ';';
    } else if (final === 's' && /^\d*;\d*$/.test(body)) {
      this._sideMargins = true;
    } else if (final === 't') {
      this._titleStack(body);
    } else if (final === 'g') {
      this._tabStops = true;
    }
  }

  private _setModes(body: string, on: boolean): void {
    const isPrivate = body.startsWith('?');
    const modes = isPrivate ? this._private : this._ansi;
    for (const field of (isPrivate ? body.slice(1) : body).split(';')) {
      const mode = Number(field);
      if (field !== '' && Number.isInteger(mode) && !(isPrivate && NO_STATE.has(mode))) {
        if (isPrivate && ALTERNATE_SCREEN.has(mode)) {
          this._changeScreen(on);
        }
        // Again at the end: modes are undone in the order in which they were set last.
        modes.delete(mode);
        modes.set(mode, on);
      }
    }
  }

  /** Each of the three modes leaves the alternate screen, whichever has shown it. */
  private _changeScreen(on: boolean): void {
    this._normalRow = on && !this.isAlternate ? this._movedTo : this._normalRow;
    if (!on) {
      for (const mode of ALTERNATE_SCREEN) {
        this._private.delete(mode);
      }
    }
  }

  /** CSI > push, CSI < pop, CSI = set: https://sw.kovidgoyal.net/kitty/keyboard-protocol */
  private _kittyFlags(body: string): void {
    const flags = this._kitty[this.isAlternate ? 'alternate' : 'normal'];
    const first = Number(body.slice(1).split(';')[0]);
    if (body.startsWith('>')) {
      flags.depth++;
    } else if (body.startsWith('<')) {
      flags.depth = Math.max(0, flags.depth - (first === 0 ? 1 : first));
    } else if (body.startsWith('=')) {
      flags.set = first !== 0 || body.endsWith(';2') || body.endsWith(';3');
    }
  }

  /** XTWINOPS 22 pushes titles, 23 takes them back; RIS leaves them. */
  private _titleStack(body: string): void {
    const [, action, kind = '0'] = /^(22|23)(?:;([012])?)?(?:;|$)/.exec(body) ?? [];
    if (action === '22') {
      this._titles.push(kind);
    } else if (action === '23') {
      const last = this._titles.lastIndexOf(kind);
      this._titles.splice(last, last < 0 ? 0 : 1);
    }
  }

  private _modifyOtherKeys(body: string): void {
    const [resource = '', value = ''] = body.split(';');
    if (value === '' || value === '0') {
      this._modifyKeys.delete(resource);
    } else {
      this._modifyKeys.add(resource);
    }
  }

  /** DECSTR */
  private _softReset(): void {
    for (const mode of [1, 6, 66, 69]) {
      this._private.delete(mode);
    }
    // Terminals differ on whether DECSTR switches DECAWM off; afterwards it has to be on.
    this._private.set(7, false);
    this._private.set(25, true);
    this._ansi.delete(4);
    this._charsets.clear();
    this._shifted = false;
    this._keypad = false;
    this._margins = false;
    this._sideMargins = false;
    this._protected = false;
  }

  private _forget(): void {
    this._private.clear();
    this._ansi.clear();
    this._kitty.normal = { depth: 0, set: false };
    this._kitty.alternate = { depth: 0, set: false };
    this._modifyKeys.clear();
    this._charsets.clear();
    this._colours.forget();
    this._shifted = false;
    this._keypad = false;
    this._cursorStyle = false;
    this._margins = false;
    this._sideMargins = false;
    this._protected = false;
    this._tabStops = false;
    this._hyperlink = false;
    this._progress = false;
    this._pointer = false;
  }
}

const kittyReset = (flags: KittyKeyboard): string =>
  (flags.depth > 0 ? `${CSI}<${flags.depth}u` : '') + (flags.set ? `${CSI}=0;1u` : '');

/** TBC for all, then HTS each 8 columns, as a terminal starts. */
export const standardTabStops = (cols: number): string => {
  let text = `${CSI}3g`;
  for (let column = 1; column <= cols; column += 8) {
    text += `${CSI}${column}G${ESC}H`;
  }
  return text;
};

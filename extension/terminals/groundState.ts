/** States of the parser that a chunk of output can leave a terminal in; see ECMA-48 §5 and vt100.net/emu/dec_ansi_parser. */
type State = 'ground' | 'escape' | 'csi' | 'osc' | 'string';

/** ESC, and the C1 controls that open or close a sequence (DCS, SOS, CSI, ST, OSC, PM, APC). */
const OPENER = /[\x1b\x90\x98\x9b-\x9f]/g;
/** What ends or restarts a control string: BEL (of OSC only), CAN, SUB, ESC, ST. */
const STRING_END = /[\x07\x18\x1a\x1b\x9c]/g;

/** C0 controls end a cluster of characters and leave nothing that REP could repeat. */
const FIRST_PRINTABLE = 0x20;
const LAST_ASCII_PRINTABLE = 0x7e;

/**
 * Knows whether a terminal that was written these chunks is between sequences, the only place where something
 * may be put in without being swallowed by a string or tearing a sequence.
 */
export class GroundState {
  private _state: State = 'ground';

  public get isGround(): boolean {
    return this._state === 'ground';
  }

  /**
   * @returns the last place in the text where a sequence may be put in and nobody sees it: not behind a character that
   * a mark may join or REP repeat. -1 when there is none.
   */
  public push(text: string): number {
    // The last stretch of text between sequences, and whether a sequence stands in front of it.
    let from = this.isGround ? 0 : -1;
    let to = 0;
    let isBehindSequence = false;
    let at = 0;
    while (at < text.length) {
      const wasGround = this.isGround;
      at = this._step(text, at);
      if (wasGround) {
        to = this.isGround ? at : at - 1;
      } else if (this.isGround) {
        from = at;
        to = at;
        isBehindSequence = true;
      }
    }
    for (let place = to; from >= 0 && place > from; place--) {
      if (isUnseen(text, place)) {
        return place;
      }
    }
    return isBehindSequence ? from : -1;
  }

  /** Forgets an open sequence, as a terminal does that is written RIS. */
  public reset(): void {
    this._state = 'ground';
  }

  private _step(text: string, at: number): number {
    switch (this._state) {
      case 'ground': {
        const found = search(OPENER, text, at);
        if (found < 0) {
          return text.length;
        }
        this._open(text.charCodeAt(found));
        return found + 1;
      }
      case 'osc':
      case 'string': {
        const found = search(STRING_END, text, at);
        if (found < 0) {
          return text.length;
        }
        const code = text.charCodeAt(found);
        if (code === 0x1b) {
          this._state = 'escape';
        } else if (code !== 0x07 || this._state === 'osc') {
          this._state = 'ground';
        }
        return found + 1;
      }
      case 'escape':
        this._escape(text.charCodeAt(at));
        return at + 1;
      case 'csi': {
        const code = text.charCodeAt(at);
        if (code === 0x18 || code === 0x1a || (code >= 0x40 && code <= 0x7e)) {
          this._state = 'ground';
        } else {
          this._open(code);
        }
        return at + 1;
      }
    }
  }

  private _escape(code: number): void {
    switch (code) {
      case 0x5b: // [ CSI
        this._state = 'csi';
        return;
      case 0x5d: // ] OSC
        this._state = 'osc';
        return;
      case 0x50: // P DCS
      case 0x58: // X SOS
      case 0x5e: // ^ PM
      case 0x5f: // _ APC
        this._state = 'string';
        return;
      default:
        // Intermediates (0x20–0x2f) and C0 controls leave the sequence open; a final byte ends it.
        if (code === 0x18 || code === 0x1a || (code >= 0x30 && code <= 0x7e)) {
          this._state = 'ground';
        } else {
          this._open(code);
        }
    }
  }

  private _open(code: number): void {
    switch (code) {
      case 0x1b:
        this._state = 'escape';
        return;
      case 0x9b:
        this._state = 'csi';
        return;
      case 0x9d:
        this._state = 'osc';
        return;
      case 0x90:
      case 0x98:
      case 0x9e:
      case 0x9f:
        this._state = 'string';
        return;
      case 0x9c:
        this._state = 'ground';
        return;
    }
  }
}

/** Behind a control, or between two characters of ASCII, which join nothing. */
const isUnseen = (text: string, place: number): boolean => {
  const before = text.charCodeAt(place - 1);
  return before < FIRST_PRINTABLE || (isAsciiPrintable(before) && isAsciiPrintable(text.charCodeAt(place)));
};

const isAsciiPrintable = (code: number): boolean => code >= FIRST_PRINTABLE && code <= LAST_ASCII_PRINTABLE;

const search = (pattern: RegExp, text: string, from: number): number => {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? -1;
};

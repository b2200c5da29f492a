const ESC = 0x1b;
const BEL = 0x07;
const CAN = 0x18;
const SUB = 0x1a;
const SHIFT_OUT = 0x0e;
const SHIFT_IN = 0x0f;
/** A title or a palette fits; what a longer string says does not matter here. */
const MAX_COLLECTED = 4096;

type State = 'ground' | 'escape' | 'csi' | 'osc' | 'string' | 'osc-escape' | 'string-escape';

export interface SequenceHandler {
  /** An ESC sequence: intermediates and the final byte, such as `(0` or `=`. */
  esc(text: string): void;
  /** A CSI sequence without its introducer: private marker, parameters, intermediates, final byte. */
  csi(text: string): void;
  /** The text of an OSC. */
  osc(text: string): void;
  /** SO and SI: which character set GL shows. */
  shift(out: boolean): void;
}

/** Longer pieces are searched at the speed of memchr. */
const SHORT_BYTES = 64;

/** Whether a short piece, as a key's echo is one, has nothing in it that matters here. */
const isText = (chunk: Uint8Array): boolean => {
  if (chunk.length > SHORT_BYTES) {
    return false;
  }
  for (let at = 0; at < chunk.length; at++) {
    const byte = chunk[at];
    if (byte === ESC || byte === SHIFT_OUT || byte === SHIFT_IN) {
      return false;
    }
  }
  return true;
};

/**
 * Finds the control sequences in a terminal's output, however it is cut into chunks (the states are those
 * of https://vt100.net/emu/dec_ansi_parser, as far as they matter here). Plain text costs one search.
 */
export class SequenceReader {
  private _state: State = 'ground';
  private _collected = '';

  public constructor(private readonly _handler: SequenceHandler) {}

  /** Whether the output ends inside a sequence. */
  public get isOpen(): boolean {
    return this._state !== 'ground';
  }

  public push(chunk: Uint8Array): void {
    if (this._state === 'ground' && isText(chunk)) {
      return;
    }
    const data = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const shifts = data.includes(SHIFT_OUT) || data.includes(SHIFT_IN);
    let index = 0;
    while (index < data.length) {
      if (this._state === 'ground' && !shifts) {
        index = data.indexOf(ESC, index);
        if (index === -1) {
          return;
        }
      }
      this._byte(data[index] ?? 0);
      index++;
    }
  }

  private _byte(byte: number): void {
    if (this._state !== 'ground' && (byte === CAN || byte === SUB)) {
      this._state = 'ground';
      return;
    }
    switch (this._state) {
      case 'ground':
        this._ground(byte);
        return;
      case 'escape':
        this._escape(byte);
        return;
      case 'csi':
        this._csi(byte);
        return;
      case 'osc':
      case 'string':
        this._string(byte, this._state);
        return;
      case 'osc-escape':
      case 'string-escape':
        this._stringEscape(byte, this._state === 'osc-escape');
        return;
    }
  }

  private _ground(byte: number): void {
    if (byte === ESC) {
      this._begin('escape');
    } else if (byte === SHIFT_OUT || byte === SHIFT_IN) {
      this._handler.shift(byte === SHIFT_OUT);
    }
  }

  private _escape(byte: number): void {
    if (byte === ESC) {
      this._begin('escape');
    } else if (byte < 0x20) {
      // A C0 control in the middle acts and the sequence goes on.
      this._ground(byte);
    } else if (byte < 0x30) {
      this._collect(byte);
    } else if (this._collected === '' && byte === 0x5b) {
      this._begin('csi');
    } else if (this._collected === '' && byte === 0x5d) {
      this._begin('osc');
    } else if (this._collected === '' && [0x50, 0x58, 0x5e, 0x5f].includes(byte)) {
      // DCS, SOS, PM, APC
      this._begin('string');
    } else {
      this._state = 'ground';
      this._handler.esc(this._collected + String.fromCharCode(byte));
    }
  }

  private _csi(byte: number): void {
    if (byte === ESC) {
      this._begin('escape');
    } else if (byte < 0x20) {
      this._ground(byte);
    } else if (byte < 0x40) {
      this._collect(byte);
    } else if (byte < 0x7f) {
      this._state = 'ground';
      this._handler.csi(this._collected + String.fromCharCode(byte));
    }
  }

  private _string(byte: number, state: 'osc' | 'string'): void {
    if (byte === ESC) {
      this._state = state === 'osc' ? 'osc-escape' : 'string-escape';
    } else if (state === 'osc' && byte === BEL) {
      this._endString(true);
    } else if (state === 'osc') {
      this._collect(byte);
    }
  }

  private _stringEscape(byte: number, osc: boolean): void {
    this._endString(osc);
    if (byte !== 0x5c) {
      // Not ST: the string is over all the same, and this is the next sequence.
      this._begin('escape');
      this._escape(byte);
    }
  }

  private _endString(osc: boolean): void {
    this._state = 'ground';
    if (osc) {
      this._handler.osc(this._collected);
    }
  }

  private _begin(state: State): void {
    this._state = state;
    this._collected = '';
  }

  private _collect(byte: number): void {
    if (this._collected.length < MAX_COLLECTED) {
      this._collected += String.fromCharCode(byte);
    }
  }
}

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
  /** Any other CSI sequence, or one that came in pieces, without its introducer: private marker, parameters, intermediates, final byte. */
  csi(text: string): void;
  /**
   * A CSI sequence that draws and changes no mode: colours, erasing, moving the cursor. Most are of this kind, and have
   * no text made of them.
   * @param row where CUP moves the cursor to, from 1, as it says; undefined for all others
   */
  draws(row: number | undefined): void;
  /** The text of an OSC. */
  osc(text: string): void;
  /** SO and SI: which character set GL shows. */
  shift(out: boolean): void;
}

/** Longer pieces are searched at the speed of memchr. */
const SHORT_BYTES = 64;

const BRACKET = 0x5b;
const CUP = 0x48;
/** Final bytes of what draws: a table, as every sequence of a coloured flood is looked up. */
const DRAWS = new Uint8Array(0x100);
for (const final of Buffer.from('@ABCDEFGHIJKLMPSTXZ`abdefm')) {
  DRAWS[final] = 1;
}

/** Most often the next one is near: a loop has found it before a call of the runtime's search has begun. */
const nextEscape = (data: Buffer, from: number): number => {
  const near = Math.min(from + SHORT_BYTES, data.length);
  for (let at = from; at < near; at++) {
    if (data[at] === ESC) {
      return at;
    }
  }
  return data.indexOf(ESC, near);
};

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
        index = nextEscape(data, index);
        if (index === -1) {
          return;
        }
        const end = this._drawing(data, index);
        if (end > index) {
          index = end;
          continue;
        }
      }
      this._byte(data[index] ?? 0);
      index++;
    }
  }

  /** Where the sequence at `start` ends, if it is complete and draws; else `start`. */
  private _drawing(data: Buffer, start: number): number {
    if (data[start + 1] !== BRACKET) {
      return start;
    }
    let row: number | undefined;
    let isFirst = true;
    const end = Math.min(data.length, start + SHORT_BYTES);
    for (let at = start + 2; at < end; at++) {
      const byte = data[at] ?? 0;
      if (byte >= 0x30 && byte <= 0x39) {
        row = isFirst ? (row ?? 0) * 10 + byte - 0x30 : row;
      } else if (byte === 0x3a || byte === 0x3b) {
        isFirst = false;
      } else if (DRAWS[byte] === 1) {
        this._handler.draws(byte === CUP ? (row ?? 1) : undefined);
        return at + 1;
      } else {
        return start;
      }
    }
    return start;
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

/**
 * Escape sequences: OSC, DCS, SOS, PM and APC with their strings, CSI, and two- or three-byte ones. One that
 * the text ends in the middle of is taken too; then one of the groups has taken part.
 */
const SEQUENCES =
  /(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x18\x1a\x1b\x9c]*(?:\x07|\x18|\x1a|\x9c|\x1b\\|(?=\x1b)|($))|(?:\x1b\[|\x9b)[0-?]*[ -/]*(?:[@-~]|($)|)|\x1b[ -/]*(?:[0-~]|($)|)/g;
const INVISIBLE = /[\x00-\x07\x0b\x0c\x0e-\x1f\x7f]/g;
/** Erase to the end of the line (EL 0): progress bars use it behind a carriage return. */
const ERASE_LINE = /^(?:\x1b\[|\x9b)0?K$/;
/** A private use character that stands for EL while the other sequences are taken out. */
const ERASE = '\ue0ff';
/** Begins a string like the one that a piece continues. */
const STRING_START = '\x1b]';
/**
 * How many bytes of an unfinished sequence are held back: more than any but an image has. A reader that comes
 * back would otherwise be given all of an endless one again each time.
 */
const HOLD_LIMIT = 64 * 1024;
const CARRIAGE_RETURN = 0x0d;

/** What stands around a piece of output. */
export interface PieceContext {
  /** Whether it begins within the string of an OSC, DCS, SOS, PM or APC sequence (see `endsInString`). */
  readonly inString: boolean;
  /** Whether nothing will ever follow it: then nothing is held back, and what is unfinished is dropped. */
  readonly isLast: boolean;
}

export interface PlainPiece {
  readonly text: string;
  /** How many of the bytes `text` stands for: the next piece begins behind them. */
  readonly length: number;
}

/** Raw output as plain text; see `plainPiece`. */
export const plainText = (bytes: Buffer): string => linesOf(withoutSequences(bytes.toString('utf8')).text);

/**
 * Raw output as plain text: escape sequences taken out, `\r\n` as `\n`, and within a line what backspaces
 * and carriage returns did to it. Bytes that are no UTF-8 become U+FFFD. A sequence, a character or a line end
 * that is not complete is held back for the next piece, so that the texts of the pieces make up the text of
 * the whole; only what a line's later piece overwrites in its earlier one stays.
 */
export const plainPiece = (bytes: Buffer, { inString, isLast }: PieceContext): PlainPiece => {
  const whole = bytes.subarray(0, completeLength(bytes));
  const raw = (inString ? STRING_START : '') + whole.toString('utf8');
  const { text, open } = withoutSequences(raw);
  const held = open === undefined ? lineEndAt(whole) : openingAt(whole, raw.slice(open));
  const length = isLast ? bytes.length : whole.length - held > HOLD_LIMIT ? whole.length : held;
  // A sequence adds nothing to the text and a carriage return behind all else neither, held back or not.
  return { text: linesOf(text), length };
};

/**
 * Whether output ends within the string of a sequence, as far as its last control character tells; undefined
 * when there is none.
 */
export const endsInString = (bytes: Buffer): boolean | undefined => {
  for (let at = bytes.length - 1; at >= 0; at -= 1) {
    const next = bytes[at + 1];
    switch (bytes[at]) {
      case 0x1b:
        return next !== undefined && ']PX^_'.includes(String.fromCharCode(next));
      case 0x07:
      case 0x18:
      case 0x1a:
        return false;
      case 0xc2:
        if (next === 0x9c) {
          return false;
        }
        if (next !== undefined && [0x90, 0x98, 0x9d, 0x9e, 0x9f].includes(next)) {
          return true;
        }
        break;
    }
  }
  return undefined;
};

interface Stripped {
  readonly text: string;
  /** Where in the raw text the sequence begins that it ends in the middle of. */
  readonly open: number | undefined;
}

const withoutSequences = (raw: string): Stripped => {
  let open: number | undefined;
  const text = raw
    .replaceAll(ERASE, '\0')
    .replace(SEQUENCES, (sequence: string, string?: string, csi?: string, short?: string, at?: number) => {
      if ((string ?? csi ?? short) !== undefined) {
        open = at;
      }
      return ERASE_LINE.test(sequence) ? ERASE : '';
    });
  return { text, open };
};

/** The byte at which the end `sequence` of the decoded bytes begins; byte counts differ where they are no UTF-8. */
const openingAt = (bytes: Buffer, sequence: string): number => {
  const opening = sequence.charAt(0);
  let at = bytes.length;
  for (let count = sequence.split(opening).length - 1; count > 0; count -= 1) {
    at = at === 0 ? 0 : Math.max(0, bytes.lastIndexOf(opening, at - 1));
  }
  return at;
};

/** Where the carriage returns at the end begin, which may become a line end. */
const lineEndAt = (bytes: Buffer): number => {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === CARRIAGE_RETURN) {
    end -= 1;
  }
  return end;
};

/** The length without the beginning of a UTF-8 character whose rest has not been written yet. */
const completeLength = (data: Buffer): number => {
  for (let back = 1; back <= Math.min(3, data.length); back += 1) {
    const byte = data[data.length - back] ?? 0;
    if ((byte & 0xc0) !== 0x80) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
      return length > back ? data.length - back : data.length;
    }
  }
  return data.length;
};

const linesOf = (text: string): string =>
  text
    .split('\n')
    .map((line) => applyControls(line.replace(/\r+$/, '')))
    .join('\n');

const applyControls = (line: string): string => {
  if (!/[\r\b]/.test(line)) {
    return line.replaceAll(ERASE, '').replace(INVISIBLE, '');
  }
  const cells: string[] = [];
  let column = 0;
  for (const character of line) {
    if (character === '\r') {
      column = 0;
    } else if (character === '\b') {
      column = Math.max(0, column - 1);
    } else if (character === ERASE) {
      cells.length = Math.min(cells.length, column);
    } else if (COMBINING.test(character) && column > 0) {
      cells[column - 1] += character;
    } else {
      cells[column++] = character;
    }
  }
  return cells.join('').replace(INVISIBLE, '');
};

const COMBINING = /^\p{M}$/u;

import { Mark, rewrap } from './historyLine';

const ESC = 0x1b;
const CSI = 0x5b;
const OSC = 0x5d;
const CONTINUES = Mark.CONTINUES.charCodeAt(0);
const LAID_OUT = Mark.LAID_OUT.charCodeAt(0);
const LAID_OUT_END = Mark.LAID_OUT_END.charCodeAt(0);
const CLEARED = Mark.CLEARED.charCodeAt(0);
const GAP = Mark.GAP.charCodeAt(0);
const ONE_COLUMN_EACH = /^[\x20-\x7e]*$/;
const LINE_END = Buffer.from('\r\n');

/** A history line taken apart; `length` is the number of its cells where a narrower width needs them laid out. */
const parseLine = (line: Buffer): { text: Buffer; length: number | undefined; continues: boolean } => {
  const continues = line[line.length - 1] === CONTINUES;
  const whole = continues ? line.subarray(0, -1) : line;
  if (whole[0] !== LAID_OUT) {
    return { text: whole, length: undefined, continues };
  }
  const end = whole.indexOf(LAID_OUT_END);
  return {
    text: whole.subarray(end + 1),
    length: Number(whole.subarray(1, end).toString('latin1')),
    continues,
  };
};

/** Lines as a stream that draws them at `cols`, ending at the start of a row. */
export const drawLines = (lines: readonly Buffer[], cols: number): Buffer => {
  const parts: Buffer[] = [];
  let continues = false;
  for (const line of lines) {
    if ((line[0] ?? ESC) >= ESC && line[line.length - 1] !== CONTINUES) {
      parts.push(line, LINE_END);
      continues = false;
      continue;
    }
    const parsed = parseLine(line);
    continues = parsed.continues;
    const { text, length } = parsed;
    parts.push(
      length !== undefined && length > cols ? Buffer.from(rewrap(text.toString(), length, cols)) : text,
    );
    if (!continues) {
      parts.push(LINE_END);
    }
  }
  if (continues) {
    parts.push(LINE_END);
  }
  return Buffer.concat(parts);
};

/**
 * The same for the newest of many lines, enough for `rows` rows, without taking each of them apart: what is done with
 * every line is the runtime's own, so that it is fast the first time too.
 * @param isAll whether there are no older lines
 * @returns undefined when these are too few
 */
export const drawTail = (bytes: Buffer, rows: number, cols: number, isAll: boolean): Buffer | undefined => {
  const lines = bytes.toString('latin1').split('\n');
  // What is behind the last line feed.
  lines.pop();
  let found = 0;
  let start = lines.length;
  let isComplete = isAll;
  while (start > 0 && found < rows) {
    const line = lines[start - 1] ?? '';
    const first = line.charCodeAt(0);
    if (first === CLEARED && line.length === 1) {
      isComplete = true;
      break;
    }
    if (first !== GAP) {
      found += ONE_COLUMN_EACH.test(line)
        ? Math.max(1, Math.ceil(line.length / cols))
        : rowsOf(Buffer.from(line, 'latin1'), cols);
    }
    start--;
  }
  if (found < rows && !isComplete) {
    return undefined;
  }
  const drawn: string[] = [];
  // What the next line goes on behind.
  let open = '';
  for (let at = start; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const first = line.charCodeAt(0);
    const continues = line.charCodeAt(line.length - 1) === CONTINUES;
    if (first < ESC) {
      if (first === GAP) {
        continue;
      }
      open += drawLines([Buffer.from(line, 'latin1')], cols)
        .toString('latin1')
        .slice(0, -LINE_END.length);
    } else {
      open += continues ? line.slice(0, -1) : line;
    }
    if (!continues) {
      drawn.push(open);
      open = '';
    }
  }
  if (open !== '') {
    drawn.push(open);
  }
  // With nothing behind the last one it ends as the others do.
  drawn.push('');
  return Buffer.from(drawn.join('\r\n'), 'latin1');
};

/** About how many rows of `cols` a line takes: never too many, where wide characters take two columns. */
export const rowsOf = (line: Buffer, cols: number): number => {
  if (line.length <= cols) {
    return 1;
  }
  if (line[0] === LAID_OUT) {
    return Math.max(1, Math.ceil((parseLine(line).length ?? 0) / cols));
  }
  return Math.max(1, Math.ceil(countCharacters(line, 0, line.length) / cols));
};

const countCharacters = (line: Buffer, from: number, to: number): number => {
  let count = 0;
  for (let at = from; at < to; at++) {
    const byte = line[at] ?? 0;
    if (byte === ESC) {
      at = endOfSequence(line, at);
    } else if (byte >= 0x20 && (byte & 0xc0) !== 0x80) {
      count++;
    }
  }
  return count;
};

/** The last byte of a CSI sequence or of an OSC that ends in ST: no others are in a history. */
const endOfSequence = (line: Buffer, start: number): number => {
  let at = start + 2;
  if (line[start + 1] === OSC) {
    const end = line.indexOf(ESC, at);
    return end < 0 ? line.length : end + 1;
  }
  if (line[start + 1] === CSI) {
    while (at < line.length && ((line[at] ?? 0) < 0x40 || (line[at] ?? 0) > 0x7e)) {
      at++;
    }
  }
  return at;
};

/** Lines as plain rows of at most `cols` cells. */
export const plainRows = (
  lines: readonly Buffer[],
  cols: number,
  widthOf: (codePoint: number) => number,
): string[] => lines.flatMap((line) => wrapText(plainLine(line).trimEnd(), cols, widthOf));

/** A history line without its controls; gaps become spaces. */
export const plainLine = (line: Buffer): string => {
  const text = parseLine(line).text.toString();
  if (!text.includes('\x1b')) {
    return text;
  }
  let out = '';
  let from = 0;
  for (const match of text.matchAll(SEQUENCES)) {
    out += text.slice(from, match.index);
    from = match.index + match[0].length;
    const column = /^\x1b\[(\d+)G$/.exec(match[0])?.[1];
    if (column !== undefined) {
      out = out.padEnd(Number(column) - 1);
    }
  }
  return out + text.slice(from);
};

const SEQUENCES = /\x1b\[[\d;:]*["]?[A-Za-z]|\x1b\][^\x1b]*\x1b\\/g;

const wrapText = (text: string, cols: number, widthOf: (codePoint: number) => number): string[] => {
  if (text.length * 2 <= cols) {
    return [text.trimEnd()];
  }
  const rows: string[] = [];
  let row = '';
  let used = 0;
  for (const character of text) {
    const width = widthOf(character.codePointAt(0) ?? 0);
    if (used + width > cols) {
      rows.push(row.trimEnd());
      row = '';
      used = 0;
    }
    row += character;
    used += width;
  }
  rows.push(row.trimEnd());
  return rows;
};

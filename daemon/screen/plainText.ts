/**
 * Escape sequences: OSC, DCS, SOS, PM and APC with their strings (also unfinished ones at the end), CSI, and
 * two- or three-byte ones. The last alternative takes an escape cut off at the end.
 */
const SEQUENCES =
  /(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x18\x1a\x1b\x9c]*(?:\x07|\x18|\x1a|\x9c|\x1b\\|(?=\x1b)|$)|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?/g;
const INVISIBLE = /[\x00-\x07\x0b\x0c\x0e-\x1f\x7f]/g;
/** Erase to the end of the line (EL 0): progress bars use it behind a carriage return. */
const ERASE_LINE = /(?:\x1b\[|\x9b)0?K/g;
/** A private use character that stands for EL while the other sequences are taken out. */
const ERASE = '\ue0ff';

/**
 * Raw output as plain text: escape sequences taken out, `\r\n` as `\n`, and within a line what backspaces
 * and carriage returns did to it. Bytes that are no UTF-8 become U+FFFD.
 */
export const plainText = (bytes: Buffer): string =>
  bytes
    .toString('utf8')
    .replaceAll(ERASE, '')
    .replace(ERASE_LINE, ERASE)
    .replace(SEQUENCES, '')
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

const ESC = 0x1b;
/**
 * Sequences a terminal may answer: DA, DSR, DECRQM, XTVERSION, window reports, kitty's query, colour
 * OSC 4 and 10–12 (whether they ask or set, so that no `?` is searched for again and again), DECRQSS and XTGETTCAP.
 */
const QUERIES =
  /(?:\x1b\[|\xc2\x9b)[<-?]?[\d;:]*[ -/]*[cnptqu]|(?:\x1b\]|\xc2\x9d)(?:4|10|11|12);[^\x07\x1b\x18\x1a]*(?:\x07|\x1b\\)|(?:\x1bP|\xc2\x90)[$+]q[^\x1b\x18\x1a]*\x1b\\/g;

/**
 * Where in `bytes` sequences end that may be answered, so that each answer can be given the offset just
 * behind its query. `open` is the beginning of a sequence that `bytes` continues.
 */
export const queryEnds = (open: Buffer, bytes: Buffer): number[] => {
  if (open.length === 0 && !bytes.includes(ESC) && !bytes.includes(0xc2)) {
    return [];
  }
  const text = open.toString('latin1') + bytes.toString('latin1');
  const ends: number[] = [];
  for (const match of text.matchAll(QUERIES)) {
    const end = match.index + match[0].length - open.length;
    if (end > 0) {
      ends.push(end);
    }
  }
  return ends;
};

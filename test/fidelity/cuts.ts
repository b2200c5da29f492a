import type { Recording } from './recording';

const ESC = 0x1b;
/** How often a sequence of one kind is cut at each of its bytes; later ones are like the first. */
const FIRST_OF_A_KIND = 3;
/** Bytes of a string (OSC, DCS, APC) that are cut one by one, at its beginning and its end. */
const EDGE = 12;

/** Ends of what the PTY handed over that are cut at. */
const CHUNKS = 60;

interface Span {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Where a recording is worth cutting: its ends, where the PTY handed over, before and behind each resize,
 * and byte by byte through the first sequences of each kind and the first characters of each length.
 * @returns offsets in rising order
 */
export const interestingCuts = (recording: Recording): readonly number[] => {
  const { bytes, chunks, resizes } = recording;
  const cuts = new Set<number>([0, bytes.length, ...spread(chunks, CHUNKS)]);
  for (const { offset } of resizes) {
    cuts.add(offset).add(offset + 1);
  }
  const seen = new Map<string, number>();
  for (const { kind, from, to } of spansOf(bytes)) {
    const count = seen.get(kind) ?? 0;
    seen.set(kind, count + 1);
    if (count < FIRST_OF_A_KIND) {
      for (let at = from; at <= to; at++) {
        if (at - from <= EDGE || to - at <= EDGE) {
          cuts.add(at);
        }
      }
    }
  }
  return [...cuts].filter((cut) => cut <= bytes.length).sort((a, b) => a - b);
};

/** At most `count` of the cuts, evenly spread. */
export const spread = (cuts: readonly number[], count: number): readonly number[] =>
  cuts.length <= count
    ? cuts
    : Array.from(
        { length: count },
        (_, index) => cuts[Math.floor((index * (cuts.length - 1)) / (count - 1))] ?? 0,
      );

/** Escape sequences by what they do, and characters of several bytes by their length. */
export const spansOf = (bytes: Buffer): readonly Span[] => {
  const spans: Span[] = [];
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (byte === ESC) {
      const span = sequenceAt(bytes, at);
      spans.push(span);
      at = Math.max(span.to, at + 1);
    } else if (byte >= 0xc2) {
      const to = Math.min(bytes.length, at + (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2));
      spans.push({ kind: `character of ${to - at}`, from: at, to });
      at = to;
    } else {
      if (byte < 0x20) {
        spans.push({ kind: `C0 ${byte}`, from: at, to: at + 1 });
      }
      at++;
    }
  }
  return spans;
};

const sequenceAt = (bytes: Buffer, from: number): Span => {
  const introducer = bytes[from + 1] ?? 0;
  const isFinal = (byte: number): boolean => byte >= 0x40 && byte <= 0x7e;
  let to = from + 2;
  if (introducer === 0x5b) {
    while (to < bytes.length && !isFinal(bytes[to] ?? 0) && bytes[to] !== ESC) {
      to++;
    }
    const body = bytes.toString('latin1', from + 2, to + 1);
    // SGR and modes differ by their parameters, the others, and colours, by how many they have.
    const isByValue = /[mhlu]$/.test(body);
    const kind = body.replace(isByValue ? /(?<=[345]8[;:][25][;:])[\d;:]+/g : /\d+/g, '#');
    return { kind: `CSI ${kind}`, from, to: Math.min(to + 1, bytes.length) };
  }
  if (
    introducer === 0x5d ||
    introducer === 0x50 ||
    introducer === 0x5f ||
    introducer === 0x58 ||
    introducer === 0x5e
  ) {
    while (to < bytes.length && bytes[to] !== 0x07 && bytes[to] !== ESC) {
      to++;
    }
    const kind = bytes.toString('latin1', from + 1, Math.min(to, from + 5));
    return { kind, from, to: Math.min(to + (bytes[to] === ESC ? 2 : 1), bytes.length) };
  }
  while (to < bytes.length && (bytes[to - 1] ?? 0) >= 0x20 && (bytes[to - 1] ?? 0) < 0x30) {
    to++;
  }
  return { kind: `ESC ${bytes.toString('latin1', from + 1, to)}`, from, to: Math.min(to, bytes.length) };
};

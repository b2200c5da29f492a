import type { Size } from '../../daemon/protocol/model';
import { spansOf } from './cuts';
import type { EmulatorName } from './emulators';
import { checkModel, type Miss } from './model';
import type { Recording } from './recording';
import type { MakeRestorer } from './restorers';

/** Each try rebuilds two terminals; a miss that needs more is shown as far as it was shrunk. */
const MAX_TRIES = 600;

/** A piece of a stream that is left out as a whole: a sequence, a character, a resize, or the cut itself. */
type Piece =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'resize'; readonly size: Size }
  | { readonly kind: 'cut' };

export interface Shrunk {
  readonly recording: Recording;
  readonly cut: number;
  readonly miss: Miss;
}

/**
 * Leaves out of a stream what a miss does not need (delta debugging: halves, then quarters, and so on).
 * @returns undefined when one cut by itself does not miss: what was asked for before it matters
 */
export const shrink = (
  recording: Recording,
  cut: number,
  emulator: EmulatorName,
  restorer: MakeRestorer,
): Shrunk | undefined => {
  let tries = 0;
  const test = (pieces: readonly Piece[]): Shrunk | undefined => {
    tries++;
    const candidate = fromPieces(recording, pieces);
    try {
      const [result] = checkModel(candidate.recording, [candidate.cut], emulator, restorer);
      const miss = result?.isEmulators === false ? result.misses[0] : undefined;
      return miss === undefined ? undefined : { ...candidate, miss };
    } catch {
      // Left out too much: xterm.js itself fails on what remains.
      return undefined;
    }
  };
  let pieces = toPieces(recording, cut);
  let best = test(pieces);
  if (best === undefined) {
    return undefined;
  }
  for (let size = Math.ceil(pieces.length / 2); size >= 1 && tries < MAX_TRIES; ) {
    let hasShrunk = false;
    for (let at = 0; at < pieces.length && tries < MAX_TRIES; ) {
      const rest = pieces.filter((piece, index) => piece.kind === 'cut' || index < at || index >= at + size);
      const found = rest.length < pieces.length ? test(rest) : undefined;
      if (found === undefined) {
        at += size;
      } else {
        pieces = rest;
        best = found;
        hasShrunk = true;
      }
    }
    if (size === 1 && !hasShrunk) {
      break;
    }
    size = size === 1 ? 1 : Math.ceil(size / 2);
  }
  return best;
};

const toPieces = ({ bytes, resizes }: Recording, cut: number): readonly Piece[] => {
  const pieces: Piece[] = [];
  const borders = new Set([cut, bytes.length, ...resizes.map(({ offset }) => offset)]);
  // What is between two sequences is text, a character a piece.
  let at = 0;
  const inSpan = spansOf(bytes);
  let span = 0;
  const addBytes = (end: number): void => {
    while (at < end) {
      while ((inSpan[span]?.to ?? Number.POSITIVE_INFINITY) <= at) {
        span++;
      }
      const { from, to } = inSpan[span] ?? { from: bytes.length, to: bytes.length };
      const next = Math.min(end, from <= at ? to : at + 1);
      pieces.push({ kind: 'bytes', bytes: bytes.subarray(at, next) });
      at = next;
    }
  };
  for (const border of [...borders].sort((a, b) => a - b)) {
    addBytes(border);
    for (const { offset, size } of resizes) {
      if (offset === border) {
        pieces.push({ kind: 'resize', size });
      }
    }
    if (border === cut) {
      pieces.push({ kind: 'cut' });
    }
  }
  return pieces;
};

const fromPieces = (
  { name, program, size }: Recording,
  pieces: readonly Piece[],
): { readonly recording: Recording; readonly cut: number } => {
  const parts: Buffer[] = [];
  const resizes: { offset: number; size: Size }[] = [];
  let length = 0;
  let cut = 0;
  for (const piece of pieces) {
    if (piece.kind === 'bytes') {
      parts.push(piece.bytes);
      length += piece.bytes.length;
    } else if (piece.kind === 'resize') {
      resizes.push({ offset: length, size: piece.size });
    } else {
      cut = length;
    }
  }
  return { recording: { name, program, size, bytes: Buffer.concat(parts), resizes, chunks: [] }, cut };
};

/** For whoever has to mend it. */
export const shrunkText = ({ recording, cut, miss }: Shrunk, emulator: EmulatorName): string => {
  const { bytes, resizes, size } = recording;
  return [
    `xterm.js ${emulator}, ${size.cols}x${size.rows}, ${bytes.length} bytes, cut at ${cut}, ${miss.moment}:`,
    `before the cut: ${JSON.stringify(bytes.toString('latin1', 0, cut))}`,
    `behind it:      ${JSON.stringify(bytes.toString('latin1', cut))}`,
    ...resizes.map(({ offset, size: { cols, rows } }) => `resized at ${offset} to ${cols}x${rows}`),
    miss.detail,
  ].join('\n');
};

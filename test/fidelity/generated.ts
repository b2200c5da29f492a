import fc from 'fast-check';
import { outputStream } from '../../daemon/screen/testing/generatedStreams';
import { type EmulatorName, EmulatorTerminal } from './emulators';
import { type CutResult, checkModel } from './model';
import type { Recording } from './recording';
import type { MakeRestorer } from './restorers';

const SIZE = { cols: 20, rows: 6 };
const PIECES = 40;
const CUTS = 6;

const stream = fc.tuple(
  outputStream(PIECES),
  fc.array(fc.nat(), { minLength: CUTS, maxLength: CUTS }),
  fc.array(
    fc.record({ at: fc.nat(), cols: fc.integer({ min: 5, max: 40 }), rows: fc.integer({ min: 2, max: 12 }) }),
    { maxLength: 2 },
  ),
);

export interface Generated {
  readonly results: readonly CutResult[];
  /** Streams on which xterm.js itself fails. */
  readonly skipped: number;
  /** The first that was missed, rather one that can be noticed. */
  readonly first:
    | { readonly recording: Recording; readonly cut: number; readonly isWhole: boolean }
    | undefined;
}

/** Streams over the whole grammar of terminal output, some with resizes, cut at random. The same for the same seed. */
export const checkGenerated = (
  emulator: EmulatorName,
  seed: number,
  runs: number,
  restorer: MakeRestorer,
): Generated => {
  const results: CutResult[] = [];
  let first: Generated['first'];
  let skipped = 0;
  for (const [text, places, sizes] of fc.sample(stream, { seed, numRuns: runs })) {
    const bytes = Buffer.from(text);
    const recording: Recording = {
      name: 'generated',
      program: `seed ${seed}`,
      size: SIZE,
      bytes,
      resizes: sizes
        .map(({ at, cols, rows }) => ({ offset: 1 + (at % bytes.length), size: { cols, rows } }))
        .sort((a, b) => a.offset - b.offset),
      chunks: [],
    };
    if (!isUnderstood(recording)) {
      skipped++;
      continue;
    }
    const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
    for (const result of checkModel(recording, cuts, emulator, restorer)) {
      const told = `${JSON.stringify(text)}, resized ${JSON.stringify(recording.resizes)}`;
      if (
        !result.isExact &&
        !result.isEmulators &&
        (first === undefined || (first.isWhole && !result.isWhole))
      ) {
        first = { recording, cut: result.cut, isWhole: result.isWhole };
      }
      results.push({
        ...result,
        misses: result.misses.map((miss) => ({ ...miss, detail: `${miss.detail}\nof ${told}` })),
      });
    }
  }
  return { results, skipped, first };
};

/** xterm.js throws on a few absurd sequences; what it shows then is nobody's promise. */
const isUnderstood = (recording: Recording): boolean => {
  for (const emulator of ['6.0', '6.1'] as const) {
    const terminal = new EmulatorTerminal(emulator, recording.size);
    try {
      terminal.play(recording, 0, recording.bytes.length);
    } catch {
      return false;
    } finally {
      terminal.dispose();
    }
  }
  return true;
};

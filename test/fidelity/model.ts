import { isDeepStrictEqual } from 'node:util';
import { type EmulatorName, EmulatorTerminal } from './emulators';
import type { Recording } from './recording';
import type { MakeRestorer } from './restorers';
import { describeInner, describeState, type InnerState, type TerminalState } from './terminalState';

/** How much of what follows a cut is played before everything is compared once more. */
export const NEXT_BYTES = 200;

/** When something was found to differ. */
export type Moment = 'at the cut' | 'after the next bytes' | 'at the end';

export interface Miss {
  readonly cut: number;
  readonly moment: Moment;
  /** What differs: names of TerminalState and InnerState. */
  readonly what: readonly string[];
  readonly detail: string;
}

export interface CutResult {
  readonly cut: number;
  /** At the cut the screen looks the same. */
  readonly isSeen: boolean;
  /** All that can be noticed is the same: at the cut, after the next bytes, at the end. */
  readonly isWhole: boolean;
  /** And every cell and variable of the emulator has the same value. */
  readonly isExact: boolean;
  readonly misses: readonly Miss[];
  /**
   * xterm.js itself ends otherwise when it is given the stream in the same pieces, or its resize has left what no
   * output leads to: nobody else can do better.
   */
  readonly isEmulators: boolean;
}

/**
 * For each cut: a terminal is rebuilt from a snapshot, gets the rest, and is compared with one that got all
 * of the stream. Reference and restorer are played through once, from cut to cut.
 */
export const checkModel = (
  recording: Recording,
  cuts: readonly number[],
  emulator: EmulatorName,
  makeRestorer: MakeRestorer,
): readonly CutResult[] => {
  const { bytes } = recording;
  const references = {
    'at the cut': new Reference(recording, emulator),
    'after the next bytes': new Reference(recording, emulator),
    'at the end': new Reference(recording, emulator),
  } as const;
  const restorer = makeRestorer(recording, emulator);
  let played = 0;
  try {
    return cuts.map((cut) => {
      restorer.play(played, cut);
      played = cut;
      const restored = new EmulatorTerminal(emulator, sizeAt(recording, cut));
      const misses: Miss[] = [];
      let isSeen = false;
      try {
        restored.feed(restorer.snapshot());
        let at = cut;
        for (const [moment, to] of [
          ['at the cut', cut],
          ['after the next bytes', Math.min(bytes.length, cut + NEXT_BYTES)],
          ['at the end', bytes.length],
        ] as const) {
          restored.play(recording, at, to);
          at = to;
          const found = compare(restored, references[moment].at(to));
          isSeen ||= moment === 'at the cut' && !found.what.includes('seen');
          if (found.what.length > 0) {
            misses.push({ cut, moment, ...found });
          }
        }
      } finally {
        restored.dispose();
      }
      return {
        cut,
        isSeen,
        isWhole: !misses.some(({ what }) => what.some((name) => !name.startsWith('inner '))),
        isExact: misses.length === 0,
        misses,
        isEmulators:
          misses.length > 0 &&
          (references['at the cut'].isOutOfReach || dependsOnPieces(recording, cuts, cut, emulator)),
      };
    });
  } finally {
    restorer.dispose();
    for (const reference of Object.values(references)) {
      reference.dispose();
    }
  }
};

/** Whether an emulator that gets the stream in the pieces that the cuts make of it differs from one that gets it whole. */
const dependsOnPieces = (
  recording: Recording,
  cuts: readonly number[],
  last: number,
  version: EmulatorName,
): boolean => {
  const whole = new EmulatorTerminal(version, recording.size);
  const pieces = new EmulatorTerminal(version, recording.size);
  try {
    whole.play(recording, 0, recording.bytes.length);
    let at = 0;
    for (const cut of [...cuts.filter((one) => one <= last), recording.bytes.length]) {
      pieces.play(recording, at, cut);
      at = cut;
    }
    return compare(pieces, describe(whole)).what.length > 0;
  } finally {
    whole.dispose();
    pieces.dispose();
  }
};

export const sizeAt = (recording: Recording, offset: number): Recording['size'] =>
  recording.resizes.findLast((resize) => resize.offset > 0 && resize.offset <= offset)?.size ??
  recording.size;

/** A terminal that nobody ever left, at rising offsets. */
class Reference {
  private readonly _emulator: EmulatorTerminal;
  private _at = 0;
  private _known: Described | undefined;

  public constructor(
    private readonly _recording: Recording,
    emulator: EmulatorName,
  ) {
    this._emulator = new EmulatorTerminal(emulator, _recording.size);
  }

  public at(offset: number): Described {
    if (offset !== this._at || this._known === undefined) {
      this._emulator.play(this._recording, this._at, offset);
      this._at = offset;
      this._known = describe(this._emulator);
    }
    return this._known;
  }

  public get isOutOfReach(): boolean {
    return this._emulator.isOutOfReach;
  }

  public dispose(): void {
    this._emulator.dispose();
  }
}

interface Described {
  readonly state: TerminalState;
  readonly inner: InnerState;
}

const describe = (emulator: EmulatorTerminal): Described => ({
  state: describeState(emulator),
  inner: describeInner(emulator),
});

const compare = (emulator: EmulatorTerminal, expected: Described): { what: string[]; detail: string } => {
  const actual = describe(emulator);
  const what: string[] = [];
  const details: string[] = [];
  for (const [prefix, left, right] of [
    ['', actual.state, expected.state],
    ['inner ', actual.inner, expected.inner],
  ] as const) {
    for (const name of Object.keys(right)) {
      const is = (left as Readonly<Record<string, unknown>>)[name];
      const wanted = (right as Readonly<Record<string, unknown>>)[name];
      if (!isDeepStrictEqual(is, wanted)) {
        what.push(`${prefix}${name}`);
        details.push(`${prefix}${name}: ${firstDifference(is, wanted)}`);
      }
    }
  }
  return { what, detail: details.join('\n') };
};

/** The first leaf that differs, and where it is. */
export const firstDifference = (is: unknown, wanted: unknown, path = ''): string => {
  if (typeof is === 'object' && typeof wanted === 'object' && is !== null && wanted !== null) {
    for (const key of new Set([...Object.keys(wanted), ...Object.keys(is)])) {
      const left = (is as Readonly<Record<string, unknown>>)[key];
      const right = (wanted as Readonly<Record<string, unknown>>)[key];
      if (!isDeepStrictEqual(left, right)) {
        return firstDifference(left, right, `${path}/${key}`);
      }
    }
  }
  return `${path} is ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`;
};

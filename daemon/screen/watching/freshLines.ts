import { shortHash } from '../revision';
import { linesOnScreen, plainLines, type ScreenLine, viewFrom, type Watchable } from './lineView';

/** What stood on the screen at a revision. */
export interface Baseline {
  /** Where the lines that left the screen afterwards begin. */
  readonly position: number;
  /** Hashes of the lines on the screen … */
  readonly screen: readonly string[];
  /** … and of the newest above it, which may come back when it grows. */
  readonly above: readonly string[];
  readonly isAlternate: boolean;
}

/** Lines above the screen that a window may show again when it is made higher. */
const ABOVE_LINES = 60;
/** So much of the history is read for them. */
const ABOVE_BYTES = 8 * 1024;
/** Hashes are of few characters: a line that is new and has one of those there were is missed once in 2⁴⁸ times. */
const HASH_CHARACTERS = 8;

export const baselineOf = (watchable: Watchable): Baseline => {
  const { lines, emulator } = watchable;
  const { active, normal } = emulator.core._bufferService.buffers;
  const isAlternate = active !== normal;
  const hashes = (screen: readonly ScreenLine[]): string[] => screen.map(({ text }) => hashOf(text));
  const { above } = plainLines(lines.tail(ABOVE_BYTES).lines);
  return {
    position: lines.length,
    screen: hashes(linesOnScreen(watchable)),
    above: [
      ...above.slice(-ABOVE_LINES).map(hashOf),
      // Below a full-screen program's: it comes back when that ends.
      ...(isAlternate ? hashes(linesOnScreen(watchable, normal)) : []),
    ],
    isAlternate,
  };
};

/** What is new: lines that have left the screen, each told once, and those that are on it. */
export interface Fresh {
  readonly above: readonly string[];
  readonly screen: readonly ScreenLine[];
}

/**
 * Reads on in a terminal's lines, and leaves out those that were there at a baseline. On the normal screen a line keeps its place
 * among all lines: at a place where another one stands now, it is new, as a prompt is below a command that was entered at one like
 * it. Where places say nothing (full-screen programs move lines about), each line of the baseline is met once.
 */
export class FreshLines {
  /** Which line of all since the baseline comes next. */
  private _index = 0;
  private _position: number;
  private readonly _start: number;
  /** How often each line of the baseline may still be met; undefined while their places say it. */
  private _known: Map<string, number> | undefined;
  private _isCleared = false;

  /** @param _baseline without one, everything that is on the screen is new */
  public constructor(
    private readonly _baseline: Baseline | undefined,
    start: number,
  ) {
    this._start = _baseline?.position ?? start;
    this._position = this._start;
  }

  public read(watchable: Watchable): Fresh {
    const view = viewFrom(watchable, this._position);
    this._position = view.position;
    if (this._baseline === undefined) {
      return view;
    }
    if (this._known === undefined && !hasPlaces(this._baseline, watchable)) {
      this._known = new Map();
      count(this._known, this._baseline.screen.slice(this._index));
      // Lines that had left before may have come back, as when the screen has grown.
      const { above, isAlternate } = this._baseline;
      count(this._known, isAlternate || watchable.lines.length < this._start ? above : []);
    }
    this._isCleared ||= view.isCleared;
    const { screen } = this._baseline;
    const isKnown = (text: string, index: number, known: Map<string, number> | undefined): boolean =>
      !this._isCleared && (known === undefined ? screen[index] === hashOf(text) : isMet(known, text));
    const above = view.above.filter((text, at) => !isKnown(text, this._index + at, this._known));
    this._index += view.above.length;
    // What stays on the screen is met again the next time.
    const stays = this._known === undefined ? undefined : new Map(this._known);
    return {
      above,
      screen: view.screen.filter(({ text }, at) => !isKnown(text, this._index + at, stays)),
    };
  }
}

/** Whether lines still stand behind one another as they did, from the baseline's position on. */
const hasPlaces = ({ isAlternate, position }: Baseline, { emulator, lines }: Watchable): boolean => {
  const { active, normal } = emulator.core._bufferService.buffers;
  return !isAlternate && active === normal && lines.length >= position;
};

const isMet = (known: Map<string, number>, text: string): boolean => {
  if (known.size === 0) {
    return false;
  }
  const hash = hashOf(text);
  const left = known.get(hash) ?? 0;
  if (left > 0) {
    known.set(hash, left - 1);
  }
  return left > 0;
};

const hashOf = (text: string): string => shortHash(text).slice(0, HASH_CHARACTERS);

const count = (known: Map<string, number>, hashes: readonly string[]): void => {
  for (const hash of hashes) {
    known.set(hash, (known.get(hash) ?? 0) + 1);
  }
};

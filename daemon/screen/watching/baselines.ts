import type { Baseline } from './freshLines';

/** Revisions of a terminal that may be waited from: whoever waits has one of the newest. */
const KEPT = 16;
/** So many of them outlive the daemon. */
const KEPT_ON_DISK = 4;

/** The revision's text and what stood on the screen at it, oldest first. */
export type KeptBaselines = readonly (readonly [revision: string, baseline: Baseline])[];

/** What stood on the screen at the revisions that were told last. */
export class Baselines {
  private _known: Map<string, Baseline> | undefined;

  /** @param _read what an earlier mirror has kept */
  public constructor(private readonly _read: () => KeptBaselines) {}

  public of(revision: string): Baseline | undefined {
    return this._all.get(revision);
  }

  /** @returns what is to be kept on disk */
  public add(revision: string, baseline: Baseline): KeptBaselines {
    const all = this._all;
    all.delete(revision);
    all.set(revision, baseline);
    for (const oldest of [...all.keys()].slice(0, -KEPT)) {
      all.delete(oldest);
    }
    return [...all].slice(-KEPT_ON_DISK);
  }

  private get _all(): Map<string, Baseline> {
    this._known ??= new Map(this._read());
    return this._known;
  }
}

/** What a file holds, as far as it is that. */
export const keptBaselines = (value: unknown): KeptBaselines =>
  Array.isArray(value) ? value.filter(isKept) : [];

const isKept = (value: unknown): value is KeptBaselines[number] =>
  Array.isArray(value) && typeof value[0] === 'string' && isBaseline(value[1]);

const isBaseline = (value: unknown): value is Baseline => {
  const { position, screen, above, isAlternate } = (value ?? {}) as Partial<Record<keyof Baseline, unknown>>;
  return (
    Number.isSafeInteger(position) && isTexts(screen) && isTexts(above) && typeof isAlternate === 'boolean'
  );
};

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

import { type Distribution, distribution } from './statistics';

/** What a figure has to keep: no more than (or no less than) so much. */
export interface Bound {
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** `aim missed`: where nothing must be kept. `open`: there is nothing to compare with, because a peer is not installed or the measure could not run. */
export type Verdict = 'aim' | 'must' | 'missed' | 'aim missed' | 'open' | 'no bound';

/** One line of the first table: a ratio to a peer, or a figure with a bound of its own. */
export interface Figure {
  readonly measure: string;
  readonly title: string;
  /** Null when it could not be measured; `note` says why. */
  readonly value: number | null;
  /** `×` for a ratio. */
  readonly unit: string;
  readonly must?: Bound;
  readonly aim?: Bound;
  readonly verdict: Verdict;
  readonly note?: string;
}

/** One line of the second table: who took how long, or moved how much. */
export interface Sample extends Distribution {
  readonly measure: string;
  readonly what: string;
  readonly who: string;
  readonly unit: string;
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly loadBefore: number;
  readonly loadAfter: number;
}

/** The content of `bench/results.json`. */
export interface Results {
  readonly format: 1;
  readonly date: string;
  /** Few repetitions: shows that everything runs, and nothing else. */
  readonly quick: boolean;
  readonly machine: Machine;
  readonly peers: Readonly<Record<string, string>>;
  readonly figures: readonly Figure[];
  readonly samples: readonly Sample[];
  readonly failed: readonly { readonly measure: string; readonly message: string }[];
}

const keeps = (value: number, { atMost, atLeast }: Bound): boolean =>
  (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast);

export interface Bounds {
  readonly must?: Bound;
  readonly aim?: Bound;
}

export const judge = (value: number | null, { must, aim }: Bounds): Verdict => {
  if (value === null || Number.isNaN(value)) {
    return 'open';
  }
  if (must === undefined && aim === undefined) {
    return 'no bound';
  }
  if (must !== undefined && !keeps(value, must)) {
    return 'missed';
  }
  if (aim !== undefined && keeps(value, aim)) {
    return 'aim';
  }
  return must === undefined ? 'aim missed' : 'must';
};

/** Where measures put what they have found. */
export class Findings {
  public readonly figures: Figure[] = [];
  public readonly samples: Sample[] = [];

  public constructor(private readonly _measure: string) {}

  public figure(title: string, value: number | null, unit: string, bounds: Bounds, note?: string): void {
    this.figures.push({
      measure: this._measure,
      title,
      value: value === null || Number.isNaN(value) ? null : value,
      unit,
      ...bounds,
      verdict: judge(value, bounds),
      ...(note === undefined ? {} : { note }),
    });
  }

  /** @returns what the values come to, for figures */
  public sample(what: string, who: string, unit: string, values: readonly number[]): Distribution {
    const found = distribution(values);
    this.samples.push({ measure: this._measure, what, who, unit, ...found });
    return found;
  }
}

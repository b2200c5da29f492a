/** Where a terminal stands, or stood when it was last shown in this window. */
export interface Standing {
  /** The editor group, or null for the panel. */
  readonly column: number | null;
  /** Terminals of one split of the panel have the same; one that stands alone has its own. */
  readonly split: string;
  /** In the order of the panel: a split's terminals follow each other. */
  readonly rank: number;
}

/** A terminal that is not shown, and where it would stand. */
export interface LeftTerminal extends Standing {
  readonly key: string;
}

/** So many terminals that are closed are remembered. */
const MAX_LEFT = 200;

/**
 * Where this window's terminals stand, by a key of what they show. The API tells neither the order nor the splits of the
 * panel: they are as they were made, which a user who drags tabs may have changed. What is closed keeps its place.
 */
export class Layout {
  private readonly _standings = new Map<string, Standing>();
  private readonly _open = new Set<string>();

  /** Terminals that an earlier window closed, oldest first. */
  public recall(left: readonly LeftTerminal[]): void {
    for (const { key, ...standing } of left) {
      if (!this._standings.has(key)) {
        this._standings.set(key, standing);
      }
    }
  }

  /** Where a terminal stands or stood. */
  public of(key: string): Standing | undefined {
    return this._standings.get(key);
  }

  /** The last open terminal of the split of the panel that a closed one stood in, beside which it comes again. */
  public neighbour(key: string): string | undefined {
    const standing = this._standings.get(key);
    return standing === undefined || standing.column !== null
      ? undefined
      : this._inPanel()
          .filter(([, { split }]) => split === standing.split)
          .at(-1)?.[0];
  }

  /** A terminal is made, beside an open one in its split, or alone at the end. */
  public open(key: string, beside: string | undefined): void {
    const neighbour = beside === undefined ? undefined : this._standings.get(beside);
    const inOrder = this._inPanel();
    if (neighbour !== undefined) {
      const next = inOrder.find(([, { rank }]) => rank > neighbour.rank)?.[1].rank ?? neighbour.rank + 2;
      const rank = (neighbour.rank + next) / 2;
      this._standings.set(key, { column: null, split: neighbour.split, rank });
    } else {
      const rank = (inOrder.at(-1)?.[1].rank ?? 0) + 1;
      // Where it comes alone although others of its split are there, it is no longer one of them.
      const split = this._standings.get(key)?.split ?? key;
      const isTaken = inOrder.some(([, other]) => other.split === split);
      this._standings.set(key, { column: null, split: isTaken ? `${key}+${rank}` : split, rank });
    }
    this._open.add(key);
  }

  public moveTo(key: string, column: number | null): void {
    const standing = this._standings.get(key);
    if (standing !== undefined) {
      this._standings.set(key, { ...standing, column });
    }
  }

  public close(key: string): void {
    const standing = this._standings.get(key);
    this._open.delete(key);
    if (standing !== undefined) {
      // Behind those that were closed before, of which the first are forgotten first.
      this._standings.delete(key);
      this._standings.set(key, standing);
    }
  }

  /** What is closed, oldest first. */
  public get left(): readonly LeftTerminal[] {
    return [...this._standings]
      .filter(([key]) => !this._open.has(key))
      .slice(-MAX_LEFT)
      .map(([key, standing]) => ({ key, ...standing }));
  }

  private _inPanel(): readonly (readonly [string, Standing])[] {
    return [...this._standings]
      .filter(([key, { column }]) => this._open.has(key) && column === null)
      .sort(([, a], [, b]) => a.rank - b.rank);
  }
}

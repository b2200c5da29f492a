interface ShownHover {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** It had what is something else the next moment, as a screen. */
  readonly isLive: boolean;
}

/**
 * The hovers that were shown. VS Code asks for one when the pointer rests on a row, and not again before the row is
 * drawn anew, which closes it under the pointer. So a title that changes all the time draws no row: only one whose
 * hover was shown, says something else by now (or had the screen of a program that runs), and has had time to be read.
 */
export class ShownHovers {
  private readonly _shown = new Map<string, ShownHover>();

  public constructor(private readonly _readMs: number) {}

  public show(row: string, text: string, isLive = false): void {
    this._shown.set(row, { text, since: performance.now(), isLive });
  }

  /** Rows that are drawn are asked for their hovers again. */
  public drawn(rows: readonly string[]): void {
    for (const row of rows) {
      this._shown.delete(row);
    }
  }

  /** @returns the rows to draw for their hovers */
  public outdated(textOf: (row: string) => string): readonly string[] {
    return [...this._shown]
      .filter(
        ([row, { text, since, isLive }]) =>
          performance.now() - since >= this._readMs && (isLive || textOf(row) !== text),
      )
      .map(([row]) => row);
  }
}

/** A row of the tree as it is drawn. */
export interface Row {
  readonly id: string;
  /** What VS Code tells rows apart by; another one means another row. */
  readonly key: string;
  /** Undefined on the first level. */
  readonly parent: string | undefined;
  /** Everything that is seen, read out, or tested by menus. */
  readonly look: string;
}

/** Which rows are to be drawn anew: none, some, or the whole tree because rows came, went or moved. */
export type Redraw = readonly string[] | 'all';

/**
 * Compares what the tree shows with what it should show. Drawing a row closes its hover, and drawing the whole tree
 * leaves VS Code without a selection for a moment, so neither is done for what nobody can see.
 */
export class TreeChanges {
  private _outline = '[]';
  private _looks: ReadonlyMap<string, string> = new Map();

  public update(rows: readonly Row[]): Redraw {
    const outline = JSON.stringify(rows.map(({ key, parent }) => [key, parent]));
    const looks = new Map(rows.map(({ id, look }) => [id, look]));
    const redraw =
      outline === this._outline
        ? rows.filter(({ id, look }) => this._looks.get(id) !== look).map(({ id }) => id)
        : 'all';
    this._outline = outline;
    this._looks = looks;
    return redraw;
  }
}

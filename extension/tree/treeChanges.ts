/** A row of the tree as it is drawn. */
export interface Row {
  readonly id: string;
  /** What VS Code tells rows apart by; another one means another row. */
  readonly key: string;
  /** Undefined on the first level. */
  readonly parent: string | undefined;
  /** Everything that is seen without a hover, read out, or tested by menus. */
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

  /** Whether rows came, went or moved since the last update. */
  public isNewOutline(rows: readonly Row[]): boolean {
    return outlineOf(rows) !== this._outline;
  }

  public update(rows: readonly Row[]): Redraw {
    const looks = new Map(rows.map(({ id, look }) => [id, look]));
    const redraw = this.isNewOutline(rows)
      ? 'all'
      : rows.filter(({ id, look }) => this._looks.get(id) !== look).map(({ id }) => id);
    this._outline = outlineOf(rows);
    this._looks = looks;
    return redraw;
  }
}

const outlineOf = (rows: readonly Row[]): string =>
  JSON.stringify(rows.map(({ key, parent }) => [key, parent]));

/**
 * Which row gets the keyboard's focus when some go: the next one, as in lists everywhere, and at the end of the tree
 * one before; none that could be hidden in a collapsed one.
 */
export const rowBeside = (rows: readonly Row[], gone: ReadonlySet<string>): string | undefined => {
  const stays = ({ id, parent }: Row): boolean =>
    !gone.has(id) && (parent === undefined || !gone.has(parent));
  const parents = new Set(rows.map(({ parent }) => parent));
  const parentsOfSome = new Set(rows.filter(stays).map(({ parent }) => parent));
  // A group goes with the last of its sessions.
  const isLeft = (row: Row): boolean => stays(row) && (!parents.has(row.id) || parentsOfSome.has(row.id));
  const last = rows.reduce((at, row, index) => (isLeft(row) ? at : index), -1);
  const next = rows[last + 1];
  const before = rows
    .slice(0, Math.max(last, 0))
    .filter((row) => isLeft(row) && [undefined, rows[last]?.parent].includes(row.parent));
  return (next ?? before.at(-1))?.id;
};

import { cells, clip, pad } from './width';

export interface Column {
  readonly title: string;
  /** May be cut down to this many cells when the table is wider than the terminal. */
  readonly shrinkTo?: number;
  /** Wraps a padded cell in colour. */
  readonly style?: (padded: string, raw: string) => string;
}

const GAP = 2;
/** Where nothing is cut, one long cell does not make every row as long: it stands out of its column. */
const ALIGNED_CELLS = 40;

/** Rows as aligned columns. `width`: how many cells there are, or undefined to cut nothing. */
export const table = (
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): string => {
  const most = width === undefined ? ALIGNED_CELLS : Number.POSITIVE_INFINITY;
  const widths = columns.map(({ title }, index) =>
    Math.max(cells(title), ...rows.map((row) => Math.min(most, cells(row[index] ?? '')))),
  );
  if (width !== undefined) {
    shrink(columns, widths, width);
  }
  const line = (row: readonly string[], styled: boolean): string =>
    columns
      .map((column, index) => {
        const raw = row[index] ?? '';
        const last = index === columns.length - 1;
        const cell = width === undefined ? raw : clip(raw, widths[index] ?? 0);
        const padded = last ? cell : pad(cell, Math.max(widths[index] ?? 0, cells(cell)) + GAP);
        return styled && column.style !== undefined ? column.style(padded, raw) : padded;
      })
      .join('')
      .trimEnd();
  return [
    line(
      columns.map(({ title }) => title),
      false,
    ),
    ...rows.map((row) => line(row, true)),
  ]
    .map((text) => `${text}\n`)
    .join('');
};

/** Takes what is too much from the widest column that may shrink, until the table fits or none is left. */
const shrink = (columns: readonly Column[], widths: number[], width: number): void => {
  let excess = widths.reduce((sum, cell) => sum + cell + GAP, -GAP) - width;
  while (excess > 0) {
    const candidates = columns
      .map(({ shrinkTo }, index) => ({ index, cell: widths[index] ?? 0, shrinkTo }))
      .filter(({ cell, shrinkTo }) => shrinkTo !== undefined && cell > shrinkTo)
      .sort((a, b) => b.cell - a.cell);
    const widest = candidates[0];
    if (widest?.shrinkTo === undefined) {
      return;
    }
    const next = candidates[1]?.cell ?? widest.shrinkTo;
    const least = Math.max(widest.shrinkTo, Math.min(next, widest.cell - 1), widest.cell - excess);
    excess -= widest.cell - least;
    widths[widest.index] = least;
  }
};

import { DEFAULT_SIZE, MAX_COLS, MAX_ROWS, MIN_COLS, MIN_ROWS, type Size } from '../../protocol/model';

/**
 * The size of the terminal that `output` is, as far as a session can have it. One that nobody has given a size says
 * 0 (`script`, expect, containers).
 */
export const outerSize = ({ columns, rows }: NodeJS.WriteStream): Size => ({
  cols: clamp(columns || DEFAULT_SIZE.cols, MIN_COLS, MAX_COLS),
  rows: clamp(rows || DEFAULT_SIZE.rows, MIN_ROWS, MAX_ROWS),
});

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

import { HoldfastError } from '../protocol/errors';
import type { MousePlace } from '../protocol/mouse';
import { cellsOf } from './screenCells';
import type { Line } from './xtermInternals';

/** How many places are named of a text that stands in many. */
const NAMED = 10;

/**
 * Where a text stands: the cell in its middle.
 * @throws HoldfastError TEXT_NOT_FOUND; AMBIGUOUS_MATCH when it stands in several places
 */
export const placeOfText = (text: string, rows: readonly Line[]): MousePlace => {
  const places = rows.flatMap((row, index) => placesIn(text, row, index));
  const [place] = places;
  if (place === undefined) {
    throw new HoldfastError(
      'TEXT_NOT_FOUND',
      `'${text}' is not on the screen`,
      "Look at the screen: 'holdfast snapshot'. The text must stand in one row.",
    );
  }
  if (places.length > 1) {
    const named = places.slice(0, NAMED).map(({ row, col }) => `${row} ${col}`);
    throw new HoldfastError(
      'AMBIGUOUS_MATCH',
      `'${text}' is on the screen ${places.length} times`,
      `Give more of the text, or ROW COL: ${named.join(', ')}${places.length > NAMED ? ', …' : ''}.`,
      { places: places.slice(0, NAMED) },
    );
  }
  return place;
};

const placesIn = (text: string, line: Line, row: number): readonly MousePlace[] => {
  // The column of each UTF-16 unit of the row's text.
  const columns: number[] = [];
  let whole = '';
  for (const { column, text: character } of cellsOf(line)) {
    whole += character;
    columns.push(...Array.from({ length: character.length }, () => column));
  }
  const places: MousePlace[] = [];
  for (let at = whole.indexOf(text); at >= 0; at = whole.indexOf(text, at + text.length)) {
    const first = columns[at] ?? 0;
    const last = columns[at + text.length - 1] ?? first;
    places.push({ row, col: Math.floor((first + last) / 2) });
  }
  return places;
};

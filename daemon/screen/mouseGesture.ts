import type { MouseGesture, MousePlace } from '../protocol/mouse';
import type { Emulator } from './emulator';
import { encodeMouse } from './mouse';
import { modesOf, screenRows } from './screenState';
import { placeOfText } from './textPlace';

/**
 * What a terminal sends when this is done with its mouse, and where the mouse is then.
 * @throws HoldfastError as `encodeMouse` and `placeOfText` do
 */
export const encodeGesture = (
  { text, at, ...rest }: MouseGesture,
  emulator: Emulator,
): { readonly bytes: Buffer; readonly place: MousePlace } => {
  const { size } = emulator;
  const middle = { row: Math.floor(size.rows / 2), col: Math.floor(size.cols / 2) };
  const place = text === undefined ? (at ?? middle) : placeOfText(text, screenRows(emulator));
  const bytes = encodeMouse({ ...rest, at: place }, modesOf(emulator), size);
  return { bytes, place: rest.to ?? place };
};

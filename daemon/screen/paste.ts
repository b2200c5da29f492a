/** Bracketed paste (mode 2004): what surrounds a paste. */
const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';

/**
 * Text as a terminal pastes it: line ends become the Enter key's carriage return; bracketed where the
 * program asked for it, with end markers inside the text removed, so that nothing in it can pass for typing.
 */
export const encodePaste = (text: string, isBracketed: boolean): Buffer => {
  const lines = text.replace(/\r?\n/g, '\r');
  if (!isBracketed) {
    return Buffer.from(lines);
  }
  let safe = lines;
  // Removing one marker may join the halves of another.
  while (safe.includes(PASTE_END)) {
    safe = safe.replaceAll(PASTE_END, '');
  }
  return Buffer.from(`${PASTE_START}${safe}${PASTE_END}`);
};

/** East Asian wide and fullwidth characters and emoji, which take two cells (Unicode's UAX #11). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;
const COMBINING = /\p{Mn}|\p{Me}/u;

/** How many cells a terminal shows for one line of text. */
export const cells = (text: string): number => {
  let width = 0;
  for (const character of text) {
    width += COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  }
  return width;
};

/** Cut to `width` cells, with an ellipsis in place of what is missing. */
export const clip = (text: string, width: number): string => {
  if (cells(text) <= width) {
    return text;
  }
  let clipped = '';
  let used = 0;
  for (const character of text) {
    used += cells(character);
    if (used > width - 1) {
      break;
    }
    clipped += character;
  }
  return `${clipped}…`;
};

export const pad = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - cells(text)));

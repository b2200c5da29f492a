import {
  colorWord,
  findSessionColor,
  isIcon,
  SESSION_COLORS,
  type SessionColor,
  sanitizeIcon,
} from '../../protocol/appearance';
import { invalid } from './invalid';
import { nearest } from './nearest';

/** The words for colours that the command line takes, beside their ids. */
export const COLOR_WORDS = SESSION_COLORS.map(colorWord);

/** An icon's id; empty for none. @throws INVALID_INPUT */
export const parseIcon = (text: string): string => {
  if (text !== '' && !isIcon(text)) {
    throw invalid(
      `--icon can't be '${text}'`,
      `Use the id of one of VS Code's icons, in lower case, such as '${sanitizeIcon(text) ?? 'rocket'}'.`,
    );
  }
  return text;
};

/** A colour's id for its word; empty for none. @throws INVALID_INPUT */
export const parseColor = (text: string): SessionColor | '' => {
  const color = text === '' ? '' : findSessionColor(text);
  if (color === undefined) {
    const guess = nearest(text, COLOR_WORDS);
    throw invalid(
      `--color can't be '${text}'`,
      `Use one of ${COLOR_WORDS.join(', ')}.${guess === undefined ? '' : ` Did you mean '${guess}'?`}`,
    );
  }
  return color;
};

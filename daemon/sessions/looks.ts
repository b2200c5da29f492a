import {
  isIcon,
  isSessionColor,
  SESSION_COLORS,
  type SessionColor,
  sanitizeIcon,
} from '../protocol/appearance';
import { HoldfastError } from '../protocol/errors';

/** @returns null for an empty text, which is none. @throws INVALID_INPUT */
export const checkIcon = (text: string): string | null => {
  if (text === '' || isIcon(text)) {
    return text === '' ? null : text;
  }
  const meant = sanitizeIcon(text) ?? 'rocket';
  throw new HoldfastError(
    'INVALID_INPUT',
    `'${text}' is no icon`,
    `Use the id of one of VS Code's icons, in lower case, such as '${meant}'.`,
  );
};

/** @returns null for an empty text, which is none. @throws INVALID_INPUT */
export const checkColor = (text: string): SessionColor | null => {
  if (text === '' || isSessionColor(text)) {
    return text === '' ? null : text;
  }
  throw new HoldfastError(
    'INVALID_INPUT',
    `'${text}' is no colour`,
    `Use one of ${SESSION_COLORS.join(', ')}.`,
  );
};

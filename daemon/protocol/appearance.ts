/** How a session is told from others at a glance: what VS Code's own terminals have, and the command line takes. */

/** The colours that VS Code offers for a terminal's tab, by their ids: the theme says what each looks like. */
export const SESSION_COLORS = [
  'terminal.ansiBlack',
  'terminal.ansiRed',
  'terminal.ansiGreen',
  'terminal.ansiYellow',
  'terminal.ansiBlue',
  'terminal.ansiMagenta',
  'terminal.ansiCyan',
  'terminal.ansiWhite',
] as const;
export type SessionColor = (typeof SESSION_COLORS)[number];

/** The words of an id, as in `git-branch`; which ids there are is VS Code's to know. */
const ICON = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const MAX_ICON_LENGTH = 64;

/** Whether a text can be the id of a codicon, such as `rocket`. */
export const isIcon = (text: string): boolean => text.length <= MAX_ICON_LENGTH && ICON.test(text);

/** What may have been meant, or undefined where nothing of it can be an id. */
export const sanitizeIcon = (text: string): string | undefined => {
  const words = text
    .replace(/^\$\((.*)\)$/s, '$1')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  const id = words?.join('-').slice(0, MAX_ICON_LENGTH).replace(/-$/, '');
  return id === undefined || id === '' ? undefined : id;
};

export const isSessionColor = (text: string): text is SessionColor =>
  SESSION_COLORS.some((color) => color === text);

const PREFIX = 'terminal.ansi';

/** The part of a colour's id that people say: `red`. Other texts are themselves. */
export const colorWord = (color: string): string =>
  color.startsWith(PREFIX) ? color.slice(PREFIX.length).toLowerCase() : color;

/** A colour by its id or by its word, in any case. */
export const findSessionColor = (text: string): SessionColor | undefined => {
  const wanted = text.toLowerCase();
  return SESSION_COLORS.find((color) => color.toLowerCase() === wanted || colorWord(color) === wanted);
};

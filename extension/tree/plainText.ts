/**
 * What programs write (titles, folders, names of commands) is untrusted: control characters could break a label,
 * and direction marks could make it read as something else.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;

const EACH_UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Untrusted text for a label or a tooltip: one line without controls, at most `limit` characters. */
export const plainText = (text: string, limit = 200): string => {
  const clean = text.replace(UNSAFE, ' ').trim();
  const characters = [...clean];
  return characters.length <= limit ? clean : `${characters.slice(0, limit - 1).join('')}…`;
};

/** A row of a screen for a block of plain text: without controls, each of which takes one column, at most `limit` characters. */
export const lineOfScreen = (line: string, limit: number): string => {
  const characters = [...line.replace(EACH_UNSAFE, ' ').trimEnd()];
  return characters.length <= limit ? characters.join('') : `${characters.slice(0, limit - 1).join('')}…`;
};

/**
 * Untrusted text for a notification. VS Code makes links of `[text](command:…)` there, and a click runs the command
 * (`parseLinkedText`, `NotificationMessageRenderer`): with a space between the brackets it does not.
 */
export const noticeText = (text: string, limit = 2000): string =>
  plainText(text, limit).replaceAll('](', '] (');

/** A folder as people write it: below the home folder with `~`. */
export const shortFolder = (folder: string, home: string): string => {
  const clean = plainText(folder);
  if (home !== '' && clean === home) {
    return '~';
  }
  const inside = home !== '' && (clean.startsWith(`${home}/`) || clean.startsWith(`${home}\\`));
  return inside ? `~${clean.slice(home.length)}` : clean;
};

/**
 * Characters that would act on the terminal, hide or reorder text: C0, DEL, C1, the line and paragraph
 * separators, zero-width characters, and the bidirectional controls (CVE-2021-42574).
 */
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** Text from a program or a person, safe to print: what would act is shown as an escape instead. */
export const printable = (text: string): string =>
  text.replace(UNPRINTABLE, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : escapedUnit(character);
  });

/** A value as JSON that is safe to print: what would act is escaped, and means the same to whoever parses it. */
export const printableJson = (value: object | string): string =>
  JSON.stringify(value).replace(UNPRINTABLE, escapedUnit);

const escapedUnit = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A command line as it could be typed into a shell. */
export const commandLine = (command: readonly string[]): string =>
  command
    .map((word) => (/^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');

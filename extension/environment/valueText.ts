/** Longer values are cut: a page is to be read. */
export const MAX_SHOWN_VALUE = 4000;
/** Controls could break a line, direction marks make it read as something else, and blanks at an end go unseen. */
const UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\x1b': '\\e' };

/** A value for a line of Markdown, as code (CommonMark §6.1); what can't be seen is written as an escape. */
export const valueText = (value: string): string => {
  const characters = [...value];
  const shown = characters.slice(0, MAX_SHOWN_VALUE).join('');
  const text = shown.replace(
    UNSAFE,
    (unsafe) => SHORT[unsafe] ?? `\\u{${(unsafe.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return code(characters.length > MAX_SHOWN_VALUE ? `${text}…` : text);
};

const code = (text: string): string => {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
};

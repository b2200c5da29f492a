/** Names of sessions and terminals: safe as a file name, an argument and a tree label. */
export const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/;
/** How many leading characters of an id stand for it. */
export const MIN_ID_PREFIX = 4;

export const isName = (text: string): boolean => NAME_PATTERN.test(text);

/** The nearest valid name: accents go, other characters become `-`, ends are trimmed, 255 characters at most. */
export const sanitizeName = (text: string): string => {
  const cleaned = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .replace(/-+$/, '')
    .slice(0, 255);
  return cleaned === '' ? 'session' : cleaned;
};

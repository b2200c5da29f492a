/**
 * Which names of environment variables look like secrets. The store leaves them out; what a program needs
 * of them it gets from its own start-up files when it is started again.
 */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  'TOKEN',
  'TOKENS',
  'SECRET',
  'SECRETS',
  'PASSWORD',
  'PASSWORDS',
  'PASSWD',
  'PASSPHRASE',
  'PASS',
  'PWD',
  'CREDENTIAL',
  'CREDENTIALS',
  'CREDS',
  'AUTH',
  'AUTHORIZATION',
  'APIKEY',
  'JWT',
  'PAT',
  'BEARER',
  'COOKIE',
]);

/** A KEY is a secret behind one of these words: `API_KEY`, but not `KEY_REPEAT` or `SSH_KEY_PATH`. */
const KEY_KINDS: ReadonlySet<string> = new Set([
  'API',
  'PRIVATE',
  'ACCESS',
  'SECRET',
  'ENCRYPTION',
  'SIGNING',
  'ACCOUNT',
  'MASTER',
  'DEPLOY',
  'SERVICE',
  'SSH',
]);

/** As a last word these say that the value is a place or a switch, not the secret itself. */
const HARMLESS_ENDINGS: ReadonlySet<string> = new Set([
  'SOCK',
  'SOCKET',
  'ASKPASS',
  'FILE',
  'PATH',
  'DIR',
  'HOST',
  'PORT',
  'URL',
  'TYPE',
  'METHOD',
  'PROMPT',
  'STORE',
]);

/** The shell's own variables, which consist of such a word and are none. */
const HARMLESS_NAMES: ReadonlySet<string> = new Set(['PWD', 'OLDPWD', 'INIT_CWD']);

export const looksSecret = (name: string): boolean => {
  if (HARMLESS_NAMES.has(name.toUpperCase())) {
    return false;
  }
  const words = wordsOf(name);
  if (HARMLESS_ENDINGS.has(words.at(-1) ?? '')) {
    return false;
  }
  return words.some(
    (word, index) => SECRET_WORDS.has(word) || (isKey(word) && KEY_KINDS.has(words[index - 1] ?? '')),
  );
};

export const withoutSecrets = (environment: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !looksSecret(name)));

const isKey = (word: string): boolean => word === 'KEY' || word === 'KEYS';

/** Words between separators and at changes of case: `npm_config__authToken` is NPM, CONFIG, AUTH, TOKEN. */
const wordsOf = (name: string): readonly string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z]+/)
    .filter((word) => word !== '');

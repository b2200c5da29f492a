/**
 * Which environment variables look like secrets, by their names or because there is a password in an address. The store leaves them out; what a program needs
 * of them it gets from its shell's start-up files when it is started again.
 */
const SECRET_WORDS: ReadonlySet<string> = new Set(
  `TOKEN SECRET SECRETS PASSWORD PASSWORDS PASSWD PASSPHRASE PASS SSHPASS PWD CREDENTIAL CREDENTIALS CREDS
   AUTH AUTHORIZATION APIKEY JWT PAT BEARER COOKIE`.split(/\s+/),
);

/** Names grown together, such as PGPASSWORD. */
const SECRET_ENDING = /(?:PASSWORD|PASSWD|SECRET|TOKEN|APIKEY)$/;

/** A KEY is a secret at the end of a name (`OPENAI_KEY`) or behind one of these (`API_KEY_2`). */
const KEY_KINDS: ReadonlySet<string> = new Set(
  'API PRIVATE ACCESS SECRET ENCRYPTION SIGNING ACCOUNT MASTER DEPLOY SERVICE'.split(' '),
);

/** As a last word these say that the value is a place or a switch, not the secret itself. */
const HARMLESS_ENDINGS: ReadonlySet<string> = new Set(
  'SOCK SOCKET ASKPASS FILE PATH DIR HOST PORT URL TYPE METHOD PROMPT STORE'.split(' '),
);

/** Folders whose names happen to hold such a word. */
const HARMLESS_NAMES: ReadonlySet<string> = new Set(['PWD', 'OLDPWD']);

export const looksSecret = (name: string): boolean => {
  const words = wordsOf(name);
  const last = words.length - 1;
  if (HARMLESS_NAMES.has(name.toUpperCase()) || HARMLESS_ENDINGS.has(words[last] ?? '')) {
    return false;
  }
  return words.some(
    (word, index) =>
      SECRET_WORDS.has(word) ||
      SECRET_ENDING.test(word) ||
      (word === 'KEY' && index > 0 && (index === last || KEY_KINDS.has(words[index - 1] ?? ''))),
  );
};

/** An address with a password in it, as proxies and databases have: `scheme://user:password@host` (RFC 3986 §3.2.1). */
const PASSWORD_IN_ADDRESS = /:\/\/[^/?#\s@:]*:[^/?#\s@]+@/;

/** Whether a variable looks like a secret, by its name or by its value. */
export const isSecret = (name: string, value: string): boolean =>
  looksSecret(name) || PASSWORD_IN_ADDRESS.test(value);

export const withoutSecrets = (environment: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter(([name, value]) => !isSecret(name, value)));

/** Words between separators and at changes of case: `npm_config__authToken` is NPM, CONFIG, AUTH, TOKEN. */
const wordsOf = (name: string): readonly string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z]+/)
    .filter((word) => word !== '');

/** Crockford's base 32 in lower case: no i, l, o, u, so that ids can be read aloud. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_LENGTH = 12;

/** A fresh id: 60 random bits as 12 characters, the first a letter, so that it never looks like a number. */
export const newId = (): string => {
  const bytes = randomBytes(ID_LENGTH);
  let id = ALPHABET[10 + ((bytes[0] ?? 0) % 22)] ?? 'a';
  for (let index = 1; index < ID_LENGTH; index += 1) {
    id += ALPHABET[(bytes[index] ?? 0) % 32] ?? '0';
  }
  return id;
};

/** 256 random bits in base64url. */
export const newToken = (): string => Buffer.from(randomBytes(32)).toString('base64url');

/** Not by `node:crypto`, whose loading is a tenth of a short call of the command line. */
const randomBytes = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count));

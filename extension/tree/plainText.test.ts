import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lineOfScreen, plainText } from './plainText';

/** Marks, embeddings, overrides and isolates (CVE-2021-42574). */
const DIRECTIONS = [
  0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069,
];

describe('what a program has written, in a label', () => {
  for (const code of DIRECTIONS) {
    test(`does not change its direction (U+${code.toString(16).padStart(4, '0')})`, () => {
      assert.equal(plainText(`exe${String.fromCharCode(code)}gnp.`), 'exe gnp.');
    });
  }

  test('is one line without controls, and not too long', () => {
    assert.equal(plainText('\x1b]0;a\r\nb\x9c\u2028c '), ']0;a b c');
    assert.equal(plainText('abcdef', 4), 'abc…');
  });

  test('keeps the columns of a screen, and nothing behind its last letter', () => {
    assert.equal(lineOfScreen('  a\u202e\u202eb\x1b  c   ', 20), '  a  b   c');
    assert.equal(lineOfScreen('abcdef', 4), 'abc…');
  });
});

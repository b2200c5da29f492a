import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldfastError } from './errors';
import { lastWords, readLastWords } from './lastWords';

test('last words are read from the end of what was said, each on one line', () => {
  const error = new HoldfastError('STORE_ERROR', "can't be opened:\n  EACCES", 'Do this,\nthen that.');
  assert.deepEqual(readLastWords(`a warning\n${lastWords(error)}`), {
    message: "can't be opened: EACCES",
    suggestion: 'Do this, then that.',
  });
});

test('a crash has none', () => {
  for (const text of ['', '\n', 'error: x', `${lastWords(new Error('x'))}node: at y\n`]) {
    assert.equal(readLastWords(text), undefined, text);
  }
});

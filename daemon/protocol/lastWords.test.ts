import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldfastError, IS_FINAL } from './errors';
import { lastWords, readLastWords } from './lastWords';

test('last words are read from the end of what was said, each on one line', () => {
  const error = new HoldfastError('STORE_ERROR', "can't be opened:\n  EACCES", 'Do this,\nthen that.');
  assert.deepEqual(readLastWords(`a warning\n${lastWords(error)}`), {
    message: "can't be opened: EACCES",
    suggestion: 'Do this, then that.',
    isFinal: false,
  });
});

test('last words tell that another start would end in the same way', () => {
  const error = new HoldfastError('STORE_ERROR', 'newer', 'Update.', IS_FINAL);
  assert.deepEqual(readLastWords(lastWords(error)), {
    message: 'newer',
    suggestion: 'Update.',
    isFinal: true,
  });
  assert.equal(error.retryable, false);
});

test('a crash has none', () => {
  for (const text of ['', '\n', 'error: x', `${lastWords(new Error('x'))}node: at y\n`]) {
    assert.equal(readLastWords(text), undefined, text);
  }
});

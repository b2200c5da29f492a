import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_SHOWN_VALUE, valueText } from './valueText';

describe('the value of a variable on a page', () => {
  it('is one line of code, whatever is in it', () => {
    assert.equal(valueText('/bin:/usr/bin'), '`/bin:/usr/bin`');
    assert.equal(valueText('a\nb\t\x1b[31m\x07\u202e'), '`a\\nb\\t\\e[31m\\u{7}\\u{202e}`');
    assert.equal(valueText('`date` and ``x``'), '``` `date` and ``x`` ```');
  });

  it('is cut where nobody would read it to the end', () => {
    assert.equal(valueText('x'.repeat(100_000)), `\`${'x'.repeat(MAX_SHOWN_VALUE)}…\``);
  });
});

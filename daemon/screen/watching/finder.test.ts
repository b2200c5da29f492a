import assert from 'node:assert/strict';
import { test } from 'node:test';
import { all, regexFinder, textFinder } from './finder';

const spans = (find: ReturnType<typeof textFinder>, text: string): string[] =>
  [...all(find, text)].map(({ start, end }) => text.slice(start, end));

test('a text is found each time that it is there', () => {
  assert.deepEqual(spans(textFinder('ab'), 'ab cab a b abab'), ['ab', 'ab', 'ab', 'ab']);
  assert.deepEqual(spans(textFinder('.'), 'a.b'), ['.'], 'it is no regular expression');
});

test('a regular expression matches lines, and never nothing', () => {
  assert.deepEqual(spans(regexFinder('^\\w+: \\d+$'), 'one: 1\ntwo: x\nthree: 33'), ['one: 1', 'three: 33']);
  assert.deepEqual(spans(regexFinder('x*'), 'axxbx'), ['xx', 'x']);
  assert.deepEqual(spans(regexFinder('(?i)ERROR\\b'), 'error errors Error'), ['error', 'Error']);
  assert.deepEqual(spans(regexFinder('x*'), ''), []);
});

test('a regular expression that backtracks for ever elsewhere takes no time', () => {
  const began = performance.now();
  assert.deepEqual(spans(regexFinder('(a+)+$'), `${'a'.repeat(50_000)}!`), []);
  assert.ok(performance.now() - began < 5000, 'an engine that backtracks would not come back in years');
});

test('what is no regular expression says why and what to use instead', () => {
  for (const bad of ['(', '[z-a]', '(?=x)', '\\1', 'a{2000}']) {
    assert.throws(() => regexFinder(bad), { code: 'INVALID_INPUT', suggestion: /RE2/ }, bad);
  }
});

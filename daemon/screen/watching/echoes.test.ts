import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Echoes, overlapsAny } from './echoes';
import { all, regexFinder, textFinder } from './finder';

/** What is found in `text` and is no echo of what was typed. */
const answers = (typed: readonly string[], find: ReturnType<typeof textFinder>, text: string): number[] => {
  const echoes = new Echoes(typed, find).in(text);
  return [...all(find, text)].filter((span) => !overlapsAny(span, echoes)).map(({ start }) => start);
};

test('a typed line that has more than what is looked for is an echo wherever it is shown', () => {
  const text = '$ make && echo DONE\ntyped ahead: make && echo DONE\nDONE\n$ ';
  assert.deepEqual(answers(['make && echo DONE'], textFinder('DONE'), text), [text.indexOf('\nDONE') + 1]);
  assert.deepEqual(answers(['make && echo DONE'], regexFinder('D[O]NE'), text).length, 1);
});

test('of a typed line that is just what is looked for, the first is the echo', () => {
  assert.deepEqual(answers(['hello'], textFinder('hello'), 'hello\nhello\n'), [6]);
  assert.deepEqual(answers(['hello', 'hello'], textFinder('hello'), 'hello\nhello\n'), []);
  assert.deepEqual(answers(['hello', 'hello'], textFinder('hello'), 'hello\nhello\nhello\nhello'), [12, 18]);
});

test('an echo that has scrolled away is not waited for again', () => {
  const echoes = new Echoes(['hello'], textFinder('hello'));
  assert.equal(echoes.in('hello').length, 1);
  echoes.seen('hello');
  assert.deepEqual(echoes.in('hello'), []);
});

test('what was typed that has nothing of it hides nothing', () => {
  assert.deepEqual(answers(['ls', ' ', 'O'], textFinder('DONE'), 'DONE'), [0]);
});

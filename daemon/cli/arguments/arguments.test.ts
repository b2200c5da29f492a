import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseDuration } from './duration';
import { environmentOf, parseVariable } from './environment';
import { formatOffset, integer, parseOffset } from './integer';
import { nearest } from './nearest';
import { parseSignal, signalNumber } from './signal';

const refused = { code: 'INVALID_INPUT' };

describe('a length of time', () => {
  test('is a number with a unit, or milliseconds', () => {
    const lengths: readonly (readonly [string, number])[] = [
      ['1500', 1500],
      ['1500ms', 1500],
      ['90s', 90_000],
      ['5m', 300_000],
      ['1.5h', 5_400_000],
      ['7d', 604_800_000],
    ];
    for (const [text, expected] of lengths) {
      assert.equal(parseDuration(text), expected);
    }
  });

  test('is nothing else', () => {
    for (const text of [
      '',
      '0',
      '0s',
      '-5s',
      '5 minutes',
      '5w',
      'm',
      '1e3',
      '1e99d',
      '99999999999d',
      'NaN',
    ]) {
      assert.throws(() => parseDuration(text), refused, text);
    }
  });
});

describe('a whole number', () => {
  const parse = integer('--cols', 2, 2000);

  test('is read within its bounds', () => {
    assert.equal(parse('2'), 2);
    assert.equal(parse('+80'), 80);
    assert.equal(parse('2000'), 2000);
  });

  test('is refused when it is none or out of bounds', () => {
    for (const text of ['1', '2001', '80.0', '0x50', '8 0', '', '∞', '99999999999999999999']) {
      assert.throws(() => parse(text), refused, text);
    }
  });
});

describe('an offset', () => {
  test('is a decimal string on the command line and a number on the wire', () => {
    assert.equal(parseOffset('9007199254740991'), 9007199254740991);
    assert.equal(formatOffset(parseOffset('4096')), '4096');
    for (const text of ['-1', '1.5', '', 'x', '9007199254740993']) {
      assert.throws(() => parseOffset(text), refused, text);
    }
  });
});

describe('an environment variable', () => {
  test('may have an empty value and one with an equals sign', () => {
    assert.deepEqual(parseVariable('A='), ['A', '']);
    assert.deepEqual(parseVariable('A=b=c'), ['A', 'b=c']);
    assert.deepEqual(environmentOf({ A: '1', B: undefined }, [parseVariable('A=2')]), { A: '2' });
  });

  test('has a name', () => {
    for (const text of ['A', '=b', '', 'A B=c', 'A=\0', 'HOLDFAST_SESSION=a']) {
      assert.throws(() => parseVariable(text), refused, text);
    }
  });
});

describe('a signal', () => {
  test('has a name in any case, with or without SIG, or a number', () => {
    for (const text of ['TERM', 'SIGTERM', 'term', 'sigterm', '15']) {
      assert.equal(parseSignal(text), 'SIGTERM');
    }
    assert.equal(signalNumber('SIGKILL'), 9);
    assert.throws(() => parseSignal('FOO'), refused);
    assert.throws(() => parseSignal('0'), refused);
  });
});

describe('what was probably meant', () => {
  test('is near', () => {
    const words = ['attach', 'detach', 'ls', 'list-sessions', 'kill'];
    assert.equal(nearest('atach', words), 'attach');
    assert.equal(nearest('attahc', words), 'attach');
    assert.equal(nearest('list', words), 'list-sessions');
    assert.equal(nearest('sl', words), 'ls');
    assert.equal(nearest('frobnicate', words), undefined);
  });
});

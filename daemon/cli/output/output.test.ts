import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { commandLine, printable, printableJson } from '../../platform/printable';
import { styleFor } from './style';
import { table } from './table';
import { age, bytes } from './time';
import { cells, clip } from './width';

describe('text from programs', () => {
  test('can do nothing to the terminal it is printed on', () => {
    assert.equal(printable('a\x1b]0;x\x07b\r\n\x9b31m'), 'a\\x1b]0;x\\x07b\\x0d\\x0a\\x9b31m');
    assert.equal(printable('exe\u202egnp.'), 'exe\\u202egnp.');
    const directions = '\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069';
    assert.match(printable(directions), /^(\\u[0-9a-f]{4}){12}$/);
    assert.equal(printable('grün 漢字 😀'), 'grün 漢字 😀');
  });

  test('can do as little in JSON, and is the same text to whoever reads that', () => {
    const text = 'a\x1b\x7f\x9b31m\u202e\u200b\u2028\ufeff\\\u202e grün 漢字 😀';
    const json = printableJson({ [text]: [text] });
    assert.deepEqual(JSON.parse(json), { [text]: [text] });
    assert.equal(printable(json), json);
    assert.ok(json.includes('\\u009b31m\\u202e\\u200b\\u2028\\ufeff\\\\\\u202e grün 漢字 😀'));
  });

  test('is quoted where a command line needs it', () => {
    assert.equal(commandLine(['npm', 'run', 'a b', "it's", '']), "npm run 'a b' 'it'\\''s' ''");
  });
});

describe('a table', () => {
  test('aligns wide characters and cuts nothing unless told', () => {
    const text = table(
      [{ title: 'A' }, { title: 'B' }],
      [
        ['漢字', 'x'],
        ['a', 'y'],
      ],
      undefined,
    );
    assert.equal(text, 'A     B\n漢字  x\na     y\n');
  });

  test('fits the terminal by cutting the widest column that may be cut', () => {
    const columns = [{ title: 'NAME' }, { title: 'COMMAND', shrinkTo: 8 }, { title: 'FOLDER', shrinkTo: 8 }];
    const rows = [['build', 'npm run something very long', '/home/me/a/b/c/d/e/f']];
    const text = table(columns, rows, 40);
    assert.ok(text.split('\n').every((line) => cells(line) <= 40));
    assert.ok(text.includes('…'));
  });

  test('is as wide as its columns need when nothing more can be cut', () => {
    const text = table([{ title: 'NAME' }, { title: 'X', shrinkTo: 3 }], [['a-long-name', 'abcdef']], 5);
    assert.equal(text, 'NAME         X\na-long-name  ab…\n');
  });

  test('on a pipe is cut nowhere, and one long cell makes no other row long', () => {
    const long = 'x'.repeat(255);
    const text = table(
      [{ title: 'NAME', shrinkTo: 3 }, { title: 'AGE' }],
      [
        [long, '1s'],
        ['short', '2s'],
      ],
      undefined,
    );
    assert.deepEqual(text.split('\n'), [
      `${'NAME'.padEnd(42)}AGE`,
      `${long}  1s`,
      `${'short'.padEnd(42)}2s`,
      '',
    ]);
  });

  test('clips by cells, not by characters', () => {
    assert.equal(clip('漢字漢字', 5), '漢字…');
    assert.equal(clip('abc', 3), 'abc');
  });
});

describe('colour', () => {
  test('is for terminals that want it', () => {
    assert.equal(styleFor({ isTTY: true }, {}).bold('x'), '\x1b[1mx\x1b[22m');
    assert.equal(styleFor({ isTTY: false }, {}).bold('x'), 'x');
    assert.equal(styleFor({ isTTY: true }, { NO_COLOR: '1' }).bold('x'), 'x');
    assert.equal(styleFor({ isTTY: true }, { TERM: 'dumb' }).bold('x'), 'x');
  });
});

describe('quantities', () => {
  test('are told in their largest unit', () => {
    assert.deepEqual([0, 999, 59_999, 60_000, 3_600_000, 200_000_000].map(age), [
      '0s',
      '0s',
      '59s',
      '1m',
      '1h',
      '2d',
    ]);
    assert.equal(bytes(512), '512 B');
    assert.equal(bytes(45_718_938), '43.6 MiB');
  });
});

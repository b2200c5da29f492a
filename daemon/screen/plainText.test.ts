import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { endsInString, plainPiece, plainText } from './plainText';

const CASES: Readonly<Record<string, readonly [string, string]>> = {
  'line ends': ['a\r\nb\nc\r\r\nd', 'a\nb\nc\nd'],
  'colours and cursor movement': ['\x1b[1;31mred\x1b[0m \x1b[2Jplain\x1b[10;20H!', 'red plain!'],
  'titles, links and shell integration': [
    '\x1b]0;title\x07a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\\x1b]633;A\x07b\x1bP$qm\x1b\\c\x1b(Bd\x1b=e',
    'alinkbcde',
  ],
  'a progress bar': ['10%\r50%\r100%\r\ndone', '100%\ndone'],
  'a line erased before it is written again': ['downloading\r\x1b[Kok\r\n', 'ok\n'],
  backspaces: ['cat\b\b\bdog\b \b', 'do '],
  'a shorter text over a longer one': ['abcdef\rXY', 'XYcdef'],
  'tabs, bells and other controls': ['a\tb\x07\x00c', 'a\tbc'],
  'a sequence that is cut off': ['text\x1b[1;3', 'text'],
  'a title that is cut off': ['text\x1b]0;tit', 'text'],
  'an erased line right behind an unfinished title': ['a\x1b]0;cut\x1b[Kb', 'ab'],
  'a sequence right behind an unfinished title': ['a\x1b]0;cut\x1b[31mb', 'ab'],
  'C1 controls and combining characters': ['a\u009b31mb e\u0301\rx', 'xb e\u0301'],
};

for (const [name, [raw, plain]] of Object.entries(CASES)) {
  test(`plain text: ${name}`, () => {
    assert.equal(plainText(Buffer.from(raw)), plain);
  });
}

const HELD: Readonly<Record<string, readonly [string, number]>> = {
  'a lone escape': ['text\x1b', 4],
  'a colour': ['text\x1b[1;3', 4],
  'a character set': ['text\x1b(', 4],
  'a title': ['text\x1b]0;tit', 4],
  'a title and half of its end': ['text\x1b]0;title\x1b', 13],
  'a C1 string that holds its own beginning': ['text\u0090a\u0090b', 4],
  'a carriage return': ['text\r\r', 4],
  'nothing of what is complete': ['text\r\n\x1b[m\x1b]0;title\x07\x1b7', 21],
  'nothing of a title that has no end': [`text\x1b]0;${'x'.repeat(65536)}`, 65544],
};

for (const [name, [raw, length]] of Object.entries(HELD)) {
  test(`plain text holds back ${name}`, () => {
    const bytes = Buffer.from(raw);
    const text = plainText(bytes);
    assert.deepEqual(plainPiece(bytes, { inString: false, isLast: false }), { text, length });
    assert.deepEqual(plainPiece(bytes, { inString: false, isLast: true }), { text, length: bytes.length });
  });
}

test('plain text holds back a part of a character, and drops it at the end', () => {
  const bytes = Buffer.from('ab\u{1f642}').subarray(0, 5);
  assert.deepEqual(plainPiece(bytes, { inString: false, isLast: false }), { text: 'ab', length: 2 });
  assert.deepEqual(plainPiece(bytes, { inString: false, isLast: true }), { text: 'ab', length: 5 });
});

const bytesOf = (text: string): Buffer => Buffer.from(text);
const string = fc
  .tuple(
    fc.constantFrom('\x1b]0;', '\x1bP', '\x1b_', '\u009d', '\u0090'),
    fc.oneof(
      { weight: 20, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
      { weight: 1, arbitrary: fc.constant('=\u00e9'.repeat(50_000)) },
    ),
    fc.constantFrom('\x07', '\x1b\\', '\u009c', '\x18', ''),
  )
  .map((parts) => bytesOf(parts.join('')));
const output = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 20 }).map(bytesOf),
      fc
        .constantFrom(
          '\r\n',
          '\n',
          '\x1b[m',
          '\x1b[1;38;5;200m',
          '\x1b[K',
          '\x1b(B',
          '\x1b=',
          '\x1b',
          '\u009b3m',
          '\x07',
        )
        .map(bytesOf),
      string,
      fc.uint8Array({ min: 0x80, maxLength: 5 }).map((bytes) => Buffer.from(bytes)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts));

test('plain text: the pieces of any chain of cuts make up the whole', () => {
  fc.assert(
    fc.property(output, fc.array(fc.nat()), (bytes, numbers) => {
      const heads = numbers.map((number) => number % (bytes.length + 1)).sort((a, b) => a - b);
      let text = '';
      let since = 0;
      for (const head of [...heads, bytes.length, undefined]) {
        const piece = plainPiece(bytes.subarray(since, head), {
          inString: endsInString(bytes.subarray(0, since)) ?? false,
          isLast: head === undefined,
        });
        text += piece.text;
        since += piece.length;
      }
      assert.equal(since, bytes.length);
      assert.equal(text, plainPiece(bytes, { inString: false, isLast: true }).text);
    }),
    { numRuns: 2000 },
  );
});

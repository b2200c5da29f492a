import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainText } from './plainText';

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
  'a sequence right behind an unfinished title': ['a\x1b]0;cut\x1b[31mb', 'ab'],
  'C1 controls and combining characters': ['a\u009b31mb e\u0301\rx', 'xb e\u0301'],
};

for (const [name, [raw, plain]] of Object.entries(CASES)) {
  test(`plain text: ${name}`, () => {
    assert.equal(plainText(Buffer.from(raw)), plain);
  });
}

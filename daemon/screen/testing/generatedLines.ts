import fc from 'fast-check';

/** Pieces of lines as floods are made of, and as they are interrupted by. */
const word = fc.constantFrom('a', 'word', 'src/main.ts:12', ' ', '  two', '~'.repeat(40), 'x'.repeat(260));
const wide = fc.constantFrom('漢', '漢字', '한국어', '😀', '漢x');
const narrow = fc.constantFrom('é', '─', '…“”', '€', 'ÿ');
const colour = fc.oneof(
  fc.integer({ min: 30, max: 37 }).map((code) => `\x1b[${code}m`),
  fc.constantFrom('\x1b[m', '\x1b[0m', '\x1b[1;31m', '\x1b[38;5;208m', '\x1b[38;2;1;2;3m', '\x1b[39;49m'),
  fc.constantFrom('\x1b[4m', '\x1b[4:3m', '\x1b[58;5;9m', '\x1b[59m', '\x1b[24m', '\x1b[7m', '\x1b[22;27m'),
);
const background = fc.constantFrom(
  '\x1b[44mon blue\x1b[m',
  '\x1b[48;5;3m \x1b[49m',
  '\x1b[41m',
  '\x1b[0;42m漢\x1b[0m',
);
const gap = fc.constantFrom('\t', '\t\t', '\tx', '\t漢');
const erase = fc.constantFrom('\x1b[K', '\x1b[0K', '\x1b[m\x1b[K');

export const simplePiece = fc.oneof(
  { weight: 12, arbitrary: word },
  { weight: 3, arbitrary: wide },
  { weight: 3, arbitrary: narrow },
  { weight: 6, arbitrary: colour },
  { weight: 1, arbitrary: background },
  { weight: 2, arbitrary: gap },
  { weight: 2, arbitrary: erase },
  { weight: 1, arbitrary: fc.constantFrom('\r\n', '\r\n\r\n', '\r') },
);

export const anyPiece = fc.oneof(
  { weight: 60, arbitrary: simplePiece },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.constantFrom(
        '\rover',
        '\n',
        '\b',
        'e\u0301',
        '\u200d',
        '\ufeff',
        '\x07',
        '\x7f',
        '\v',
        '\x85',
        '\u0085',
      ),
      fc.constantFrom(
        '\x1b[6n',
        '\x1b[c',
        '\x1b]0;title\x07',
        '\x1b[1K',
        '\x1b[2K',
        '\x1b[3C',
        '\x1b[A',
        '\x1b[2M',
      ),
      fc.constantFrom(
        '\x1b7',
        '\x1b8',
        '\x1b[s',
        '\x1b[u',
        '\x1b[1"q',
        '\x1b[0"q',
        '\x1b[3J',
        '\x1b[2J',
        '\x1b[H',
      ),
      fc.constantFrom(
        '\x1b[2;4r',
        '\x1b[r',
        '\x1b[?6h',
        '\x1b[?6l',
        '\x1b[?7l',
        '\x1b[?7h',
        '\x1b[4h',
        '\x1b[4l',
      ),
      fc.constantFrom(
        '\x1b[20h',
        '\x1b[20l',
        '\x1b[?1049h',
        '\x1b[?1049l',
        '\x1b(0',
        '\x1b(B',
        '\x0e',
        '\x0f',
      ),
      fc.constantFrom(
        '\x1bH',
        '\x1b[3g',
        '\x1b[g',
        '\x1bc',
        '\x1b[!p',
        '\x1b[3b',
        '\x1bM',
        '\x1bD',
        '\x1b[2L',
      ),
      fc.constantFrom(
        '\x1b]8;;http://a.b\x1b\\link',
        '\x1b]8;;\x1b\\',
        '\x1b]8;id=1;http://c.d\x07cd\x1b]8;;\x07',
      ),
      fc.constantFrom(
        '\x1b[',
        '\x1b',
        '\x1b]0;open',
        '\x1bP',
        '\x18',
        '\x1b[3\n1m',
        '\x1b[38;5',
        '\x1b[1;2;3',
      ),
    ),
  },
);

import fc from 'fast-check';

/** Pieces of terminal output, weighted towards what programs write, over all that xterm.js understands. */
const number = fc.integer({ min: 0, max: 24 });
const text = fc
  .array(
    fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom('a', 'b', 'Z', ' ', '0', 'q', 'x', '~', '_') },
      { weight: 3, arbitrary: fc.constantFrom('漢', '字', '한', '　') },
      { weight: 2, arbitrary: fc.constantFrom('\u0301', '\u0323', '\u200d') },
      { weight: 2, arbitrary: fc.constantFrom('é', '─', '…', '“', '€', '😀', '👩') },
    ),
    { minLength: 1, maxLength: 30 },
  )
  .map((characters) => characters.join(''));
const sgr = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '0',
        '1',
        '2',
        '3',
        '4',
        '4:3',
        '5',
        '7',
        '8',
        '9',
        '21',
        '22',
        '24',
        '27',
        '53',
        '55',
        '39',
        '49',
      ),
      fc.integer({ min: 30, max: 37 }).map(String),
      fc.integer({ min: 40, max: 47 }).map(String),
      fc.integer({ min: 90, max: 107 }).map(String),
      fc
        .tuple(fc.constantFrom(38, 48, 58), fc.integer({ min: 0, max: 255 }))
        .map(([kind, value]) => `${kind};5;${value}`),
      fc
        .tuple(fc.constantFrom(38, 48, 58), number, number, number)
        .map((parts) => `${parts[0]};2;${parts.slice(1).join(';')}`),
    ),
    { minLength: 0, maxLength: 3 },
  )
  .map((codes) => `\x1b[${codes.join(';')}m`);
const control = fc.constantFrom('\r\n', '\n', '\r', '\b', '\t', '\x0e', '\x0f', '\x07', '\v');
const csi = fc
  .tuple(
    fc.constantFrom(...'@ABCDEFGHIJKLMPSTXZ`abdefgr'.split(''), ' @', ' A', "'}", "'~", '?J', '?K'),
    fc.array(number, { maxLength: 2 }),
  )
  .map(([final, params]) =>
    final.startsWith('?') ? `\x1b[?${params.join(';')}${final.slice(1)}` : `\x1b[${params.join(';')}${final}`,
  );
const mode = fc
  .tuple(
    fc.constantFrom(
      '?1',
      '?6',
      '?7',
      '?12',
      '?25',
      '?45',
      '?47',
      '?1047',
      '?1048',
      '?1049',
      '?1000',
      '?1003',
      '?1006',
      '?1016',
      '?2004',
      '?2026',
      '?9001',
      '?2031',
      '?1007',
      '4',
      '20',
    ),
    fc.constantFrom('h', 'l'),
  )
  .map(([name, final]) => `\x1b[${name}${final}`);
const escapes = fc.constantFrom(
  '\x1b7',
  '\x1b8',
  '\x1bD',
  '\x1bE',
  '\x1bH',
  '\x1bM',
  '\x1b=',
  '\x1b>',
  '\x1b(0',
  '\x1b(B',
  '\x1b)0',
  '\x1b*A',
  '\x1bn',
  '\x1bo',
  '\x1b#8',
  '\x1b[!p',
  '\x1b[3g',
  '\x1b[g',
  '\x1b[s',
  '\x1b[u',
  '\x1b[5 q',
  '\x1b[0 q',
  '\x1b[1"q',
  '\x1b[0"q',
  '\x1b[3J',
  '\x1b[>1u',
  '\x1b[<u',
  '\x1b[=3;1u',
  '\x1b[=4;2u',
  '\x1b[=1;3u',
  '\x1b[>2u',
  '\x1b[>4;2m',
  '\x1b[22;0t',
  '\x1b[23;0t',
);
const string = fc.constantFrom(
  '\x1b]0;title\x07',
  '\x1b]2;other\x1b\\',
  '\x1b]8;;http://a.b\x1b\\ab\x1b]8;;\x07',
  '\x1b]8;id=1;http://c.d\x07cd\x1b]8;;\x07',
  '\x1b]8;;\x07',
  '\x1b]4;1;#123456\x07',
  '\x1b]10;rgb:1/2/3\x07',
  '\x1b]104\x07',
  '\x1b]7;file:///tmp\x07',
  '\x1bP$qm\x1b\\',
  '\x1b_x\x1b\\',
  '\x1b]633;P;Cwd=/x\x07',
  '\x1b[3\n1m',
  '\x1b[\x18',
  '\x1b]0;cut\x1b[m',
);

/** A whole stream; about one in a hundred pieces resets the terminal. */
export const outputStream = (maxPieces: number): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        { weight: 40, arbitrary: text },
        { weight: 15, arbitrary: sgr },
        { weight: 20, arbitrary: control },
        { weight: 15, arbitrary: csi },
        { weight: 5, arbitrary: mode },
        { weight: 5, arbitrary: escapes },
        { weight: 3, arbitrary: string },
        { weight: 1, arbitrary: fc.constant('\x1bc') },
      ),
      { minLength: 1, maxLength: maxPieces },
    )
    .map((pieces) => pieces.join(''));

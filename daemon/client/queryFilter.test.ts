import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { QueryFilter } from './queryFilter';
import { MAX_HELD_BYTES } from './sequenceVerdict';

const SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 20_251_121);
/** Of streams with a few pieces each; more than elsewhere, as each is short. */
const RUNS = 8 * Number(process.env['HOLDFAST_TEST_RUNS'] ?? 100);

const filter = (...chunks: readonly (string | Buffer)[]): string => {
  const queryFilter = new QueryFilter();
  const parts = chunks.map((chunk) =>
    Buffer.from(queryFilter.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)),
  );
  return Buffer.concat([...parts, queryFilter.flush()]).toString('latin1');
};
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

const QUERIES: Readonly<Record<string, string>> = {
  DA1: '\x1b[c',
  'DA1 with 0': '\x1b[0c',
  DA2: '\x1b[>c',
  'DA2 with 0': '\x1b[>0c',
  DA3: '\x1b[=c',
  DECID: '\x1bZ',
  DSR: '\x1b[5n',
  CPR: '\x1b[6n',
  DECXCPR: '\x1b[?6n',
  'colour scheme': '\x1b[?996n',
  'DECRQM, ANSI': '\x1b[4$p',
  'DECRQM, private': '\x1b[?2026$p',
  DECRQSS: '\x1bP$qm\x1b\\',
  'DECRQSS with an intermediate': '\x1bP$q q\x1b\\',
  XTGETTCAP: '\x1bP+q544e;524742\x1b\\',
  XTVERSION: '\x1b[>q',
  'XTVERSION with 0': '\x1b[>0q',
  DECREQTPARM: '\x1b[x',
  'kitty keyboard': '\x1b[?u',
  'palette, BEL': '\x1b]4;1;?\x07',
  'palette, ST': '\x1b]4;1;?\x1b\\',
  'palette, several': '\x1b]4;1;?;2;?\x07',
  'special colour': '\x1b]5;0;?\x07',
  foreground: '\x1b]10;?\x07',
  'foreground and background': '\x1b]10;?;?\x1b\\',
  'cursor colour': '\x1b]12;?\x07',
  highlight: '\x1b]19;?\x07',
  clipboard: '\x1b]52;c;?\x07',
  'clipboard without a name': '\x1b]52;;?\x1b\\',
  'text area in pixels': '\x1b[14t',
  'window in pixels': '\x1b[14;2t',
  'cell in pixels': '\x1b[16t',
  'text area in cells': '\x1b[18t',
  'screen in cells': '\x1b[19t',
  'icon label': '\x1b[20t',
  title: '\x1b[21t',
  answerback: '\x05',
  'DA1, C1': '\u009bc',
  'CPR, C1': '\u009b6n',
  'foreground, C1': '\u009d10;?\u009c',
  'DECRQSS, C1': '\u0090$qm\u009c',
};

const PASSING: Readonly<Record<string, string>> = {
  text: 'héllo wörld 中文 🎉 ¢«»',
  SGR: '\x1b[1;38;2;1;2;3mx\x1b[m',
  'cursor style': '\x1b[2 q',
  DECSCL: '\x1b[62;1"p',
  DECSTR: '\x1b[!p',
  'set and reset modes': '\x1b[?1049h\x1b[?2004l\x1b[4h',
  'XTWINOPS that act': '\x1b[8;24;80t\x1b[22;0t\x1b[23;0t',
  'a DA1 answer': '\x1b[?1;2c',
  'Linux cursor': '\x1b[?1c',
  'kitty push and pop': '\x1b[>1u\x1b[<u\x1b[=1;1u',
  'restore cursor': '\x1b[u',
  title: '\x1b]0;a title; with ?\x07',
  hyperlink: '\x1b]8;id=1;http://a?b\x1b\\link\x1b]8;;\x1b\\',
  'shell integration': '\x1b]633;E;echo \\x3b ?;nonce\x07',
  'set a colour': '\x1b]4;1;rgb:ff/00/00\x07\x1b]10;#fff\x1b\\',
  'write to the clipboard': `\x1b]52;c;${Buffer.from('x'.repeat(9000)).toString('base64')}\x07`,
  sixel: '\x1bPq#0;2;0;0;0~~@@\x1b\\',
  'kitty graphics': '\x1b_Gf=24,s=1,v=1;AAAA\x1b\\',
  charsets: '\x1b(0lqqk\x1b(B\x1b7\x1b8\x1b=\x1b>',
  'a query inside a title is text': '\x1b]2;[6n ?\x07',
  'an answerback inside a string is no control': '\x1b]2;a\x05b\x07',
  'a cancelled sequence': '\x1b[6\x18n\x1b]10;?\x18',
  'a long sequence': `\x1b[${'1;'.repeat(MAX_HELD_BYTES)}6n after`,
};

describe('the query filter', () => {
  for (const [name, query] of Object.entries(QUERIES)) {
    it(`takes out: ${name}`, () => {
      assert.equal(filter(`before${query}after`), 'beforeafter');
    });
  }

  for (const [name, text] of Object.entries(PASSING)) {
    it(`lets pass: ${name}`, () => {
      assert.equal(filter(text), latin1(text));
    });
  }

  it('keeps what an OSC sets beside what it asks', () => {
    assert.equal(filter('\x1b]4;1;?;2;red;3;?\x07'), '\x1b]4;2;red\x1b\\');
    assert.equal(filter('\x1b]10;red;?;blue\x07'), '\x1b]10;red\x1b\\\x1b]12;blue\x1b\\');
  });

  it('keeps the controls that act inside a query', () => {
    assert.equal(filter('a\x1b[6\r\nnb'), 'a\r\nb');
    assert.equal(filter('a\x1b[1\x05mb'), 'a\x1b[1mb');
  });

  it('takes a byte for a C1 control only where UTF-8 makes it one', () => {
    const bytes = Buffer.from([0x61, 0x9b, 0x63, 0xe2, 0x82, 0x9b, 0x63]);
    assert.equal(filter(bytes), bytes.toString('latin1'));
  });

  it('takes out a query that breaks another sequence off, and leaves that broken off', () => {
    assert.equal(filter('\x1b]2;title\x1b[6nx'), '\x1b]2;title\x1b\\x');
    assert.equal(filter('\x1bPq~~\x1b\x1b[cx'), '\x1bPq~~\x1b\x18x');
    assert.equal(filter('\x1b[6\x1b[cn'), '\x1b[6\x18n');
    assert.equal(filter('\x1b(\x1b[cB'), '\x1b(\x18B');
    assert.equal(filter('\x1b]10;?\x1b[1mx'), '\x1b[1mx');
  });

  it('holds back no more than the bound, and loses nothing', () => {
    const queryFilter = new QueryFilter();
    let passed = 0;
    const pieces = ['\x1b]4;1;', 'x'.repeat(3000), 'y'.repeat(3000), 'z'.repeat(3000)];
    let given = 0;
    for (const piece of pieces) {
      given += piece.length;
      passed += queryFilter.push(Buffer.from(piece)).length;
      assert.ok(given - passed <= MAX_HELD_BYTES + 2, `${given - passed} bytes are held back`);
    }
    assert.equal(passed + queryFilter.flush().length, given);
  });

  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...Object.values(QUERIES), ...Object.values(PASSING)) },
    { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
    {
      weight: 6,
      arbitrary: fc
        .array(
          fc.constantFrom(
            '\x1b',
            '[',
            ']',
            'P',
            '?',
            ';',
            '1',
            '4',
            '0',
            '5',
            '2',
            'c',
            'n',
            '$',
            'p',
            'q',
            '\\',
          ),
          {
            maxLength: 12,
          },
        )
        .map((parts) => parts.join('')),
    },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        '\x05',
        '\x07',
        '\x18',
        '\x1a',
        '\u009b',
        '\u009c',
        '\u009d',
        '\u0090',
        '\u0085',
        'Â',
        '\n',
      ),
    },
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => Buffer.from(pieces.join('')));
  const stream = fc.tuple(text, fc.uint8Array({ maxLength: 6 })).map((parts) => Buffer.concat(parts));

  it('gives the same for every way to cut a stream', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 20 }), (bytes, cuts) => {
        const places = [...new Set(cuts.map((cut) => (bytes.length === 0 ? 0 : cut % bytes.length)))].sort(
          (a, b) => a - b,
        );
        const chunks = [0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length));
        assert.equal(filter(...chunks), filter(bytes));
        assert.equal(filter(...[...bytes].map((byte) => Buffer.from([byte]))), filter(bytes));
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it('leaves nothing in a stream that an emulator would answer', async () => {
    const answers: string[] = [];
    // Broken sequences are the point here: what the emulator says about them is not.
    const terminal = new Terminal({ allowProposedApi: true, logLevel: 'off' });
    terminal.onData((data) => answers.push(data));
    try {
      const write = (data: string | Buffer): Promise<void> =>
        new Promise((resolve) => terminal.write(data, resolve));
      await write(QUERIES['DA1'] ?? '');
      assert.equal(answers.splice(0).length, 1, 'the emulator answers what is not filtered');
      await fc.assert(
        fc.asyncProperty(text, async (bytes) => {
          await write(Buffer.from(filter(bytes), 'latin1'));
          // CAN: no string stays open for the next run.
          await write('\x18');
          assert.deepEqual(answers.splice(0), []);
        }),
        { seed: SEED, numRuns: RUNS },
      );
    } finally {
      terminal.dispose();
    }
  });

  it('changes nothing in a stream without queries', () => {
    const harmless = fc.array(
      fc.constantFrom(...Object.values(PASSING).filter((text) => !text.includes('\x18'))),
      {
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(harmless, (pieces) => {
        assert.equal(filter(pieces.join('')), latin1(pieces.join('')));
      }),
    );
  });
});

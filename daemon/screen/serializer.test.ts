import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeTerminal } from './describeTerminal';
import { Emulator } from './emulator';
import { MAX_OPEN_SEQUENCE } from './openSequence';
import { serialize } from './serializer';
import { differenceAt, feed, plainTerminal } from './testing/transparency';

const SIZE = { cols: 20, rows: 6 };
/** Cuts the stream everywhere: snapshot, second emulator, rest; nothing may differ at the end. */
const assertTransparent = (stream: string): void => {
  const bytes = Buffer.from(stream);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const difference = differenceAt(bytes, cut, SIZE);
    assert.equal(difference, undefined, difference);
  }
};

const STREAMS: Readonly<Record<string, string>> = {
  'text, colours and attributes':
    'plain \x1b[1;31mbold red\x1b[0m \x1b[38;5;3mindexed\x1b[33msame\x1b[38;2;1;2;3mrgb\x1b[4:3;58;5;9mcurly\x1b[m \x1b[2;3;5;7;8;9;53mall\x1b[m\r\n\x1b[48;5;0mx\x1b[40my\x1b[49m',
  'long lines that wrap, and a hard newline at the edge': `${'abcdefghij'.repeat(5)}\r\n${'x'.repeat(20)}\r\ny`,
  'wide characters at the edge': `${'a'.repeat(19)}漢字漢字漢字漢字漢字漢字\r\n${'b'.repeat(18)}漢x`,
  'combining characters and emoji': 'e\u0301a\u0300\u0323 👩‍💻 \u0301alone x\u0301\r\n\u0301\u0302y',
  'pending wrap': `${'z'.repeat(20)}`,
  'pending wrap, and combining characters that join nothing': `${'z'.repeat(20)}\x1b[?1h\u0301\u0302\x1b[my`,
  scrollback: Array.from({ length: 30 }, (_, index) => `line ${index} \x1b[3${index % 8}mcolour\x1b[m`).join(
    '\r\n',
  ),
  'background erase':
    '\x1b[44mabc\x1b[K\r\n\x1b[2Jx\x1b[42m\x1b[3;5H\x1b[4Xq\x1b[m\r\n\r\n\r\n\x1b[41m\r\n\r\n\r\n',
  'scroll region and origin': 'a\r\nb\r\nc\r\nd\r\ne\x1b[2;4r\x1b[?6h\x1b[2;3Hxy\n\n\nz\x1b[1;1Hq',
  'alternate screen':
    'normal text\r\nmore\x1b[?1049h\x1b[2J\x1b[Halternate\x1b[3;3H\x1b[7minverse\x1b[m\x1b7\x1b[?1049lback',
  'saved cursors of both screens':
    '\x1b[3;4H\x1b[1;32m\x1b7\x1b[mtext\x1b[?47h\x1b[2;2H\x1b[31m\x1b7\x1b[mq\x1b[?47l\x1b[5;5H\x1b8w\x1b[?47h\x1b8v',
  'tab stops': '\x1b[3g\x1b[5G\x1bH\x1b[11G\x1bH\r\ta\tb\tc\r\n\tx',
  charsets: '\x1b(0lqqk\x1b(B plain \x1b)0\x0eqqq\x0fq\x1b*A\x1bn#\x1b7\x0f#\x1b8#',
  modes:
    '\x1b[?1h\x1b=\x1b[?2004h\x1b[?1004h\x1b[?1002h\x1b[?1006h\x1b[?25l\x1b[5 q\x1b[?45h\x1b[?12h\x1b[?9001h\x1b[>5u\x1b[?7labcdefghijklmnopqrstuvwxyz',
  'insert mode': 'abcdef\x1b[3G\x1b[4hXY\x1b[3bZ',
  'insert mode at the edge': `${'abcdefghij'.repeat(2)}\x1b[18G\x1b[4hXYZ\x1b[2bW`,
  REP: 'ab\x1b[3b漢\x1b[2b\x1b[31mc\x1b[5bd',
  'titles and their stack': '\x1b]0;one\x07\x1b[22;0t\x1b]2;two\x1b\\\x1b]1;icon\x07x\x1b[23;0ty',
  hyperlinks:
    'a\x1b]8;;http://x.y\x1b\\link\x1b]8;;\x1b\\b\x1b]8;id=k;http://z\x07\x1b[4mku\r\nnext\x1b[m\x1b]8;;\x07c',
  'protected cells': '\x1b[1"qsafe\x1b[0"qfree\x1b[?2K\x1b[1"qx',
  'controls inside sequences': '\x1b[3\n1mred\x1b\r[4mu\x1b[\b2Cx\x1b]0;ti\rtle\x07y',
  'half of a wide character overwritten': '漢字\x1b[31m\x1b[2Gx\x1b[4;19H漢\x1b[19Gy\r\n漢字\x1b[45m\x1b[3Gz',
  'half of a wide character overwritten at the edge':
    'aaaaaaaaaaaaaaaaaa漢\x1b[?7lxy\x1b[3b\x1b[31mz\x1b[?7hqq\x1b[2;18H\x1b[?7ly漢z\x1b[4hw\r\nrr',
  'a wide character that does not fit, and REP behind it':
    'abc\x1b[?7l\x1b[20G漢\x1b[2b\x1b[19G漢漢\x1b[bz\x1b[?7hqq',
  'wrap behind a wide character that lost its half':
    'aaaaaaaaaaaaaaaaaa漢\x1b[?7l\x1b[31m漢\x1b[?7h\r\n\x1b[A\x1b[18Gaa漢漢\x1b[A\x1b[?7l\x1b[19G漢漢',
  'wrap over blanks': `abc\x1b[20Gxyz\x1b[A\x1b[5G\x1b[K\r\n\n${'q'.repeat(25)}\x1b[A\x1b[2K`,
  'reverse wrap and erased pending wrap': `\x1b[?45h${'r'.repeat(22)}\b\b\b\b\b${'s'.repeat(19)}t\x1b[2K`,
  'underline colour without underline': '\x1b[58;2;9;8;7mx\x1b[4my\x1b[59mz',
  'a screen erased into the scrollback': `${'l\r\n'.repeat(8)}\x1b[44mrow \x1b[K\x1b7${'w'.repeat(45)}\x1b[H\x1b[2Jx\r\ny\x1b[3H\x1b[2Jz\x1b[?2J\x1b[2;4r\x1b[2;1Hq\x1b[2J\x1b8u`,
  'a screen erased, the alternate one': 'n\r\nm\x1b[?1049h\x1b[Hone\r\ntwo\x1b[2J\x1b[Hthree\x1b[?1049lo',
  'cleared scrollback': `${'l\r\n'.repeat(12)}\x1b[3Jx`,
  'scrollback cleared by DECSED': `${'l\r\n'.repeat(12)}\x1b[?3Jx`,
  reset: `${'l\r\n'.repeat(12)}\x1b[1m\x1b(0\x1bcx`,
  'C1 controls': 'a\u009b31mb\u009d0;t\u009cc\u0085d\u0090$qm\u009ce',
  'device control strings': '\x1bP$qm\x1b\\a\x1bP+q544e\x1b\\b\x1b_apc\x1b\\c\x1b^pm\x1b\\d\x1bXsos\x1b\\e',
};

for (const [name, stream] of Object.entries(STREAMS)) {
  test(`a snapshot is exact at any byte: ${name}`, () => assertTransparent(stream));
}

const emulator = (stream: string | Buffer, size = SIZE): Emulator => {
  const made = new Emulator(size, {
    onTrimmed: () => undefined,
    onLines: () => undefined,
    onCleared: () => undefined,
  });
  made.feed(Buffer.from(stream));
  return made;
};

test('a snapshot draws the same where ED 2 scrolls out and where it erases', () => {
  const cut = emulator('one\r\ntwo\x1b[H\x1b[2Jthree\x1b[?1049hfour\x1b[2J\x1b[Hfive');
  const [scrolls, erases] = [true, false].map((scrollOnEraseInDisplay) => {
    const terminal = plainTerminal(SIZE);
    terminal.options.scrollOnEraseInDisplay = scrollOnEraseInDisplay;
    feed(terminal, Buffer.from(serialize(cut)));
    const described = describeTerminal(terminal);
    terminal.dispose();
    return described;
  });
  assert.deepEqual(scrolls, erases);
  cut.dispose();
});

test('what DECSC saved comes back in terminals that save more than xterm.js 6.0', () => {
  const cut = emulator('\x1b)0\x0e\x1b*A\x1b[?7l\x1b[?6h\x1b[3;4H\x1b7\x1b[?6l\x1b[?7h\x0f\x1b)B');
  assert.ok(
    serialize(cut).includes(
      '\x1b)0\x1b*A\x0e\x1b[?6h\x1b[?7l\x1b[3;4H\x1b[m\x1b7\x1b)B\x1b*B\x0f\x1b[?6l\x1b[?7h',
    ),
  );
  const again = emulator(serialize(cut));
  assert.deepEqual(again.tracked.saved, cut.tracked.saved);
  cut.dispose();
  again.dispose();
});

test('a control that has acted in an open sequence stands there as NUL, which does nothing', () => {
  const cut = emulator('abc\x1b[\b');
  assert.equal(cut.continuation.toString('latin1'), '\x1b[\0');
  cut.dispose();
});

test('a picture of megabytes that has not ended bounds a snapshot, and its rest is swallowed', () => {
  for (const [start, end] of [
    ['\x1bP0;1q', '\x1b\\'],
    ['\x1b]1337;File=inline=1:', '\x07'],
    ['\x1b_Gf=100,a=T;', '\x1b\\'],
  ] as const) {
    const open = emulator(`before${start}`);
    for (let index = 0; index < 80; index++) {
      open.feed(Buffer.alloc(64 * 1024, '?~'));
    }
    const { continuation } = open;
    assert.ok(continuation.length <= MAX_OPEN_SEQUENCE);
    const after = emulator(
      Buffer.concat([Buffer.from(serialize(open)), continuation, Buffer.from(`??${end}x`)]),
    );
    open.feed(Buffer.from(`??${end}x`));
    assert.equal(serialize(after), serialize(open));
    open.dispose();
    after.dispose();
  }
});

test('colours that fill an OSC 4 of any length are handed to xterm.js in pieces, and all are set', () => {
  const colored = emulator('');
  const input = colored.core._inputHandler;
  const { setOrReportIndexedColor } = input;
  let longest = 0;
  Object.assign(input, {
    setOrReportIndexedColor: (data: string) => {
      longest = Math.max(longest, data.length);
      return setOrReportIndexedColor.call(input, data);
    },
  });
  const pairs = Array.from(
    { length: 20_000 },
    (_, index) => `${index % 251};#${(index % 4096).toString(16).padStart(3, '0')}`,
  );
  colored.feed(Buffer.from(`\x1b]4;${pairs.join(';')};7\x07`));
  assert.ok(longest > 0 && longest < 16 * 1024, `${longest}`);
  const same = emulator(pairs.map((pair) => `\x1b]4;${pair}\x07`).join(''));
  assert.equal(colored.tracked.colors.size, 251);
  assert.deepEqual([...colored.tracked.colors], [...same.tracked.colors]);
  colored.dispose();
  same.dispose();
});

test('a wide character that a narrower terminal cuts in two leaves an empty cell, as in xterm.js 6.1', () => {
  const cut = emulator('\x1b[44mabcd漢');
  cut.resize({ cols: 5, rows: 6 });
  const restored = emulator(serialize(cut), { cols: 5, rows: 6 });
  for (const { terminal, core } of [cut, restored]) {
    const line = core._bufferService.buffers.normal.lines.get(0);
    assert.equal(terminal.buffer.active.getLine(0)?.translateToString(true), 'abcd');
    // Nothing printed there, with the default look.
    assert.deepEqual([...(line?._data.slice(12, 15) ?? [])], [1 << 22, 0, 0]);
  }
  cut.dispose();
  restored.dispose();
});

test('a narrower alternate screen is drawn as wide as it is, whatever stood beyond', () => {
  const shrunk = emulator('\x1b[?1049h\x1b[H123456789漢 hidden\r\nnext\r\nlast');
  shrunk.resize({ cols: 10, rows: 6 });
  const after = emulator(serialize(shrunk), { cols: 10, rows: 6 });
  const rows = [0, 1, 2].map((row) => after.terminal.buffer.active.getLine(row)?.translateToString(true));
  // Half a character can't be drawn.
  assert.deepEqual(rows, ['123456789 ', 'next', 'last']);
  shrunk.dispose();
  after.dispose();
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Emulator } from './emulator';
import { MAX_CELL_LENGTH, MAX_LINK_LENGTH } from './memoryBounds';

const SIZE = { cols: 80, rows: 24 } as const;
const NOBODY = { onTrimmed: () => undefined, onLines: () => undefined, onCleared: () => undefined };
const MIB = 1024 * 1024;

const withEmulator = (check: (emulator: Emulator, feed: (text: string) => void) => void): void => {
  const emulator = new Emulator(SIZE, NOBODY);
  check(emulator, (text) => emulator.feed(Buffer.from(text)));
  emulator.dispose();
};

/** What stands in the first cell: its characters, and where it leads to. */
const firstCell = ({ core }: Emulator): { text: string | undefined; uri: string | undefined } => {
  const line = core._bufferService.buffers.active.lines.get(0);
  const link = line?._extendedAttrs[0]?._urlId ?? 0;
  return { text: line?.getString(0), uri: core._oscLinkService.getLinkData(link)?.uri };
};

describe('what a program piles up in one place', () => {
  it('is kept as far as it can be seen: combining characters', () => {
    withEmulator((emulator, feed) => {
      for (let time = 0; time < 3; time++) {
        feed(time === 0 ? `e${'\u0301'.repeat(10_000)}` : '\u0302'.repeat(10_000));
      }
      feed('b\u0301');
      assert.equal(firstCell(emulator).text, `e${'\u0301'.repeat(MAX_CELL_LENGTH - 1)}`);
      assert.equal(emulator.core._bufferService.buffers.normal.lines.get(0)?.getString(1), 'b\u0301');
    });
  });

  for (const [where, enter] of Object.entries({ normal: '', alternate: '\x1b[?1049h' })) {
    it(`is forgotten once it is printed over, and not before: links of the ${where} screen`, () => {
      withEmulator((emulator, feed) => {
        feed(`${enter}\x1b[1;1H\x1b]8;;http://stays/\x1b\\s\x1b]8;;\x1b\\`);
        for (let link = 0; link < 10_000; link++) {
          feed(`\x1b[2;1H\x1b]8;;http://a/${link}\x1b\\x`);
        }
        assert.ok(emulator.core._oscLinkService._dataByLinkId.size < 2000);
        assert.equal(firstCell(emulator).uri, 'http://stays/');
        feed('\x1b[1;1Hy');
        assert.equal(firstCell(emulator).uri, 'http://a/9999', 'the link that is open goes on');
      });
    });
  }

  it('is no link when it is too long for one', () => {
    withEmulator((emulator, feed) => {
      feed(`\x1b]8;;http://before/\x1b\\\x1b]8;;http://a/${'u'.repeat(MAX_LINK_LENGTH)}\x1b\\x`);
      assert.deepEqual(firstCell(emulator), { text: 'x', uri: undefined });
      feed('\r\x1b]8;;http://b/\x1b\\x');
      assert.deepEqual(firstCell(emulator), { text: 'x', uri: 'http://b/' });
    });
  });

  it('is kept as far as a title is read: the stack of titles', () => {
    withEmulator((emulator, feed) => {
      for (let time = 0; time < 3; time++) {
        feed(`\x1b]0;${time}${'t'.repeat(MIB)}\x07\x1b[22t`);
      }
      const { _windowTitleStack, _iconNameStack } = emulator.core._inputHandler;
      assert.deepEqual(
        [..._windowTitleStack, ..._iconNameStack].map((title) => [title[0], title.length]),
        [0, 1, 2, 0, 1, 2].map((time) => [String(time), 4096]),
      );
    });
  });

  it('is kept as far as there is room for it: marks of commands', () => {
    withEmulator((emulator, feed) => {
      for (let command = 0; command < 200; command++) {
        feed(`\x1b]633;E;${command};${'c'.repeat(16_000)}\x07\x1b]633;C\x07`);
      }
      const marks = emulator.marks.at(0);
      assert.ok(marks.reduce((sum, { payload }) => sum + payload.length, 0) <= MIB);
      assert.match(marks.at(-2)?.payload ?? '', /^633;E;199;c/);
    });
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Terminal } from '@xterm/headless';
import type { Size } from '../../daemon/protocol/model';
import { type PeekedScreen, peekFrame } from './peekFrame';

const footer = (isWhole: boolean): string => (isWhole ? 'all of it' : 'a part');
const screenOf = (rows: readonly string[], more: Partial<PeekedScreen> = {}): PeekedScreen => ({
  rows,
  size: { cols: 10, rows: rows.length },
  cursor: { row: 0, col: 0, visible: true },
  footer,
  ...more,
});

/** What a terminal shows that was written these frames, and where its cursor is. */
const shown = async (room: Size, ...frames: readonly string[]) => {
  const terminal = new Terminal({ cols: room.cols, rows: room.rows, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(`\x1b[?1049h\x1b[?7l${frames.join('')}`, resolve));
  const { active } = terminal.buffer;
  const rows = Array.from({ length: room.rows }, (_, row) =>
    (active.getLine(row)?.translateToString(true) ?? '').trimEnd(),
  );
  const cell = active.getLine(0)?.getCell(0);
  const result = {
    rows,
    cursor: [active.cursorY, active.cursorX],
    color: cell?.getFgColor(),
    isRuled:
      active
        .getLine(room.rows - 1)
        ?.getCell(0)
        ?.isOverline() !== 0,
  };
  terminal.dispose();
  return result;
};

describe('the frame of a peek', () => {
  it('has the rows with their colours, the line below them, and the cursor where it is', async () => {
    const screen = screenOf(['\x1b[0;31mred\x1b[m', 'two', ''], {
      cursor: { row: 1, col: 3, visible: true },
    });
    const { rows, cursor, color, isRuled } = await shown(
      { cols: 12, rows: 5 },
      peekFrame(screen, { cols: 12, rows: 5 }),
    );
    assert.deepEqual(rows, ['red', 'two', '', '', 'all of it']);
    assert.deepEqual([cursor, color, isRuled], [[1, 3], 1, true]);
  });

  it('shows the rows around the cursor where there is no room for all, and says that it is a part', async () => {
    const room = { cols: 12, rows: 3 };
    const rows = ['1', '2', '3', '4', '5'];
    const at = async (row: number): Promise<readonly string[]> =>
      (await shown(room, peekFrame(screenOf(rows, { cursor: { row, col: 0, visible: true } }), room))).rows;
    assert.deepEqual(await at(0), ['1', '2', 'a part']);
    assert.deepEqual(await at(2), ['2', '3', 'a part']);
    assert.deepEqual(await at(4), ['4', '5', 'a part']);
  });

  it('says that it is a part of what is wider, and cuts its own line', async () => {
    const room = { cols: 4, rows: 2 };
    const { rows } = await shown(room, peekFrame(screenOf(['abcd']), room));
    assert.deepEqual(rows, ['abcd', 'a pa']);
  });

  it('leaves nothing of the frame before it, nor of its colours', async () => {
    const room = { cols: 12, rows: 4 };
    const before = screenOf(['\x1b[0;44mlonger than  ', 'what', 'follows']);
    const { rows, color } = await shown(room, peekFrame(before, room), peekFrame(screenOf(['x']), room));
    assert.deepEqual([rows, color], [['x', '', '', 'all of it'], -1]);
  });

  it('has the screen alone where there is but one row', async () => {
    const room = { cols: 12, rows: 1 };
    assert.deepEqual((await shown(room, peekFrame(screenOf(['a', 'b']), room))).rows, ['a']);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Terminal } from '@xterm/headless';
import type { Size } from '../../daemon/protocol/model';
import { drawnOver, type PeekedPart, type PeekedScreen, type PeekFrame, peekFrame } from './peekFrame';
import { scrolled } from './peekKeys';

const footer = (part: PeekedPart): string => WORDS[part];
const WORDS: Readonly<Record<PeekedPart, string>> = {
  all: 'all of it',
  'some-rows': 'a part',
  'some-columns': 'wider',
};
const screenOf = (rows: readonly string[], more: Partial<PeekedScreen> = {}): PeekedScreen => ({
  rows,
  size: { cols: 10, rows: rows.length },
  cursor: { row: 0, col: 0, visible: true },
  footer,
  ...more,
});

/** What a terminal shows that was written these frames, each over the one before, and where its cursor is. */
const shown = async (room: Size, ...frames: readonly PeekFrame[]) => {
  const terminal = new Terminal({ cols: room.cols, rows: room.rows, allowProposedApi: true });
  const drawn = frames.map((frame, index) => drawnOver(frame, frames[index - 1])).join('');
  await new Promise<void>((resolve) => terminal.write(`\x1b[?1049h\x1b[?7l${drawn}`, resolve));
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
    assert.deepEqual(rows, ['abcd', 'wide']);
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

  it('writes only the rows that have changed: what is written is read out to a screen reader', () => {
    const room = { cols: 12, rows: 4 };
    const of = (...rows: readonly string[]): PeekFrame => peekFrame(screenOf(rows), room);
    const before = of('still', 'tick 1', '');
    const text = drawnOver(of('still', 'tick 2', ''), before);
    assert.match(text, /tick 2/);
    assert.doesNotMatch(text, /still|all of it/);
    assert.equal(drawnOver(of('still', 'tick 1', ''), before), '');
  });

  it('moves the cursor where nothing else has changed', () => {
    const room = { cols: 12, rows: 3 };
    const at = (col: number): PeekFrame =>
      peekFrame(screenOf(['x', ''], { cursor: { row: 0, col, visible: true } }), room);
    assert.equal(drawnOver(at(2), at(1)), '\x1b[?2026h\x1b[1;3H\x1b[?25h\x1b[?2026l');
  });

  it('is scrolled by keys and by the wheel, as far as there are rows', async () => {
    const room = { cols: 12, rows: 4 };
    const rows = Array.from({ length: 10 }, (_, index) => `${index}`);
    const screen = screenOf(rows, { cursor: { row: 9, col: 0, visible: true } });
    let frame = peekFrame(screen, room);
    const press = async (keys: string): Promise<readonly unknown[]> => {
      const before = frame;
      frame = peekFrame(screen, room, scrolled(keys, frame));
      const { rows: seen } = await shown(room, before, frame);
      return [seen.slice(0, 3).join(''), frame.cursor === '\x1b[?25l'];
    };
    assert.deepEqual(await press('\x1b[A'), ['678', true], 'the cursor is out of sight');
    assert.deepEqual(await press('\x1b[5~'), ['345', true]);
    assert.deepEqual(await press('\x1bOA\x1bOA'), ['123', true], 'a wheel sends several');
    assert.deepEqual(await press('\x1b[H'), ['012', true]);
    assert.deepEqual(await press('\x1b[A\x1b[5~'), ['012', true], 'no further');
    assert.deepEqual(await press('\x1b[6~'), ['345', true]);
    assert.deepEqual(await press('\x1bOB'), ['456', true]);
    assert.deepEqual(await press('\x1b[F'), ['789', false]);
    assert.deepEqual(await press('\x1b[6~'), ['789', false]);
  });

  it('is not scrolled by what is typed, nor where all of it is shown', () => {
    const room = { cols: 12, rows: 4 };
    const rows = ['1', '2', '3', '4', '5'];
    for (const keys of ['A', 'x', '\x1b[C', '\x1b[15~', '\x1b[1;5A']) {
      assert.equal(scrolled(keys, peekFrame(screenOf(rows), room)), undefined, JSON.stringify(keys));
    }
    assert.equal(scrolled('\x1b[B', peekFrame(screenOf(rows.slice(2)), room)), undefined);
  });
});

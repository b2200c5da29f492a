import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Terminal } from '@xterm/headless';
import { endNotice } from './endNotice';

const ROWS = 5;

/** The rows of a small terminal after a program's output and the notice. */
const shown = async (output: string, usedRows: number | undefined): Promise<readonly string[]> => {
  const terminal = new Terminal({ cols: 20, rows: ROWS, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(output + endNotice('It ended.', usedRows), resolve));
  const { active } = terminal.buffer;
  const rows = Array.from(
    { length: active.length },
    (_, row) => active.getLine(row)?.translateToString(true) ?? '',
  );
  terminal.dispose();
  return rows;
};

describe('the notice of an end', () => {
  it('stands below what the program has left, also where its cursor was above', async () => {
    assert.deepEqual(await shown('one\r\ntwo\r\nthree\x1b[1;1H', 3), [
      'one',
      'two',
      'three',
      ' *  It ended.',
      '',
    ]);
  });

  it('moves a full screen into the scrollback', async () => {
    assert.deepEqual(await shown('1\r\n2\r\n3\r\n4\r\n5\x1b[2;4r\x1b[2;1H', ROWS), [
      ...['1', '2', '3', '4', '5'],
      ' *  It ended.',
    ]);
  });

  it('takes the place of the top row of a program that fills the screen', async () => {
    assert.deepEqual(await shown('shell\x1b[?1049h\x1b[H1\r\n2\r\n3\r\n4\r\n5\x1b[3;1H', ROWS), [
      ...['2', '3', '4', '5'],
      ' *  It ended.',
    ]);
  });

  it('stands below the cursor when nobody knows what is in use', async () => {
    assert.deepEqual(await shown('one\r\n', undefined), ['one', '', ' *  It ended.', '', '']);
  });

  it('has the colours of the theme, which can be read in any', async () => {
    const terminal = new Terminal({ cols: 20, rows: ROWS, allowProposedApi: true });
    const output = `\x1b[31;47;7m${endNotice('It ended.', undefined)}`;
    await new Promise<void>((resolve) => terminal.write(output, resolve));
    const line = terminal.buffer.active.getLine(1);
    const cells = Array.from({ length: 12 }, (_, column) => line?.getCell(column));
    assert.ok(cells.every((cell) => cell?.isFgDefault() && cell.isBgDefault() && cell.isInverse() === 0));
    terminal.dispose();
  });
});

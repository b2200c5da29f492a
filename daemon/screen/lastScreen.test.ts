import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { newId } from '../platform/secrets';
import { offset, type TerminalId } from '../protocol/ids';
import type { Size } from '../protocol/model';
import { Mirror } from './mirror';
import { feed, plainTerminal } from './testing/transparency';

const PROGRAM: Size = { cols: 20, rows: 10 };
const NOTICE = '\r\nnotice';

describe('the last screen of a program, where there is less room than it had', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hf-last-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** The rows in view after it and a notice behind it, and how many stand above them. */
  const shown = (output: string, room: Size): { above: number; view: readonly string[] } => {
    const mirror = new Mirror(newId() as TerminalId, PROGRAM, {
      historiesFolder: folder,
      keyframesFolder: folder,
      scrollbackLimit: 100,
      client: { kind: 'test', version: '0', pid: process.pid },
    });
    mirror.output(offset(0), Buffer.from(output));
    const { snapshot, size } = mirror.snapshot(100, room);
    mirror.dispose();
    assert.deepEqual(size, PROGRAM);
    const terminal = plainTerminal(room);
    feed(terminal, Buffer.concat([snapshot, Buffer.from(NOTICE)]));
    const { active } = terminal.buffer;
    const view = Array.from(
      { length: room.rows },
      (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
    );
    const above = active.baseY;
    terminal.dispose();
    return { above, view };
  };

  it('ends in view, without the empty rows below it', () =>
    assert.deepEqual(shown('why', { cols: 20, rows: 4 }), { above: 0, view: ['why', 'notice', '', ''] }));

  it('keeps the row its cursor was on', () =>
    assert.deepEqual(shown('why\r\n', { cols: 20, rows: 4 }).view, ['why', '', 'notice', '']));

  it('has what stood above it above it', () => {
    const lines = Array.from({ length: 15 }, (_, index) => `${index}`).join('\r\n');
    assert.deepEqual(shown(lines, { cols: 20, rows: 4 }), { above: 12, view: ['12', '13', '14', 'notice'] });
  });

  it('wraps where there are fewer columns, and nothing is written over', () =>
    assert.deepEqual(shown('0123456789abc\r\nend', { cols: 10, rows: 10 }).view.slice(0, 4), [
      ...['0123456789', 'abc', 'end', 'notice'],
    ]));

  it('is whole where it was an alternate one, behind the normal one, and no mode of it is left', () =>
    assert.deepEqual(
      shown('shell\x1b[?1049h\x1b[H1\r\n2\r\n3\r\n4\x1b[5;1Hstatus\x1b[2;3r\x1b[?6h', { cols: 20, rows: 4 }),
      { above: 3, view: ['3', '4', 'status', 'notice'] },
    ));

  it('is as it was where there is room', () => {
    assert.deepEqual(shown('why\x1b[3;1H', PROGRAM).view.slice(0, 4), ['why', '', '', 'notice']);
    assert.deepEqual(shown('n\x1b[?1049h\x1b[Hwhy', PROGRAM).view.slice(0, 2), ['why', 'notice']);
  });
});

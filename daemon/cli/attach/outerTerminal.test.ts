import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { OuterTerminal } from './outerTerminal';

/** Milliseconds: several times what a loaded machine needs. */
const PATIENCE_MS = 20_000;
/** Together far more than any system keeps of what nobody reads. */
const PIECE = Buffer.alloc(64 * 1024, 'x');
const PIECES = 64;

const until = async (what: () => string, isSo: () => boolean): Promise<void> => {
  for (const deadline = Date.now() + PATIENCE_MS; !isSo(); await sleep(5)) {
    assert.ok(Date.now() < deadline, what());
  }
};

/** Both ends of a connection, which takes what it has room for, as a terminal does. */
const connection = async (folder: string): Promise<{ near: Socket; far: Socket; close(): Promise<void> }> => {
  const server = createServer({ pauseOnConnect: true });
  server.listen(join(folder, 'socket'));
  await once(server, 'listening');
  const near = connect(join(folder, 'socket'));
  const [far] = (await once(server, 'connection')) as [Socket];
  return {
    near,
    far,
    close: async () => {
      near.destroy();
      far.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};

describe('the terminal outside', { skip: process.platform === 'win32' }, () => {
  test('that takes nothing is not said to have taken what was dropped, before it goes on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hf-outer-'));
    const { near, far, close } = await connection(folder);
    try {
      // Nothing of a terminal is asked for here but to be written to.
      const outer = new OuterTerminal(near as unknown as NodeJS.WriteStream);
      let taken = 0;
      for (let count = 0; count < PIECES; count++) {
        outer.write(PIECE, () => taken++);
      }
      const before = taken;
      assert.ok(before < PIECES, 'the system took it all');
      outer.skip();
      let isShown = false;
      outer.write(Buffer.from('screen'), () => {
        isShown = true;
      });
      await sleep(50);
      assert.deepEqual({ taken, isShown }, { taken: before, isShown: false });

      let seen = 0;
      let last = '';
      far.on('data', (data: Buffer) => {
        seen += data.length;
        last = (last + data.toString('latin1')).slice(-'screen'.length);
      });
      far.resume();
      await until(
        () => `${taken} of ${PIECES} pieces are taken, the screen ${isShown}`,
        () => taken === PIECES && isShown,
      );
      await until(
        () => `the last that was seen is ${last}`,
        () => last === 'screen',
      );
      assert.ok(seen < (PIECES * PIECE.length) / 2, `${seen} bytes were shown`);
      outer.dispose();
    } finally {
      await close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  for (const [bytesPerMs, rows] of [
    [1000, Number.POSITIVE_INFINITY],
    [120, Number.POSITIVE_INFINITY],
    // Ten seconds of it, in rows of 80 cells.
    [80, 10_000],
    [40, 5000],
    [15, 0],
  ] as const) {
    test(`that takes ${bytesPerMs} kB a second is shown ${rows} rows of scrollback in place of its own`, async (context) => {
      let clock = 0;
      context.mock.method(performance, 'now', () => clock);
      const slow = new Writable({
        write: (chunk: Buffer, _encoding, taken) => {
          clock += chunk.length / bytesPerMs;
          taken();
        },
      });
      const outer = new OuterTerminal(
        Object.assign(slow, { columns: 80, rows: 24 }) as unknown as NodeJS.WriteStream,
      );
      assert.equal(outer.rowsToShow, Number.POSITIVE_INFINITY);
      outer.write(PIECE, () => undefined);
      await outer.idle();
      assert.equal(outer.rowsToShow, rows);
      outer.dispose();
    });
  }

  test('is given a title where what it is shown does not end inside a sequence or a character', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hf-outer-'));
    const { near, far, close } = await connection(folder);
    try {
      const outer = new OuterTerminal(near as unknown as NodeJS.WriteStream);
      let seen = '';
      far.setEncoding('utf8').on('data', (data: string) => {
        seen += data;
      });
      far.resume();
      const shows = async (expected: string): Promise<void> => {
        await until(
          () => JSON.stringify(seen),
          () => seen.length >= expected.length,
        );
        assert.equal(seen, expected);
        seen = '';
      };
      const euro = Buffer.from('€');
      for (const [first, rest] of [
        [Buffer.from('a\x1b[3'), Buffer.from('1mb')],
        [Buffer.from('a\x1b]0;x'), Buffer.from('\x07b')],
        [Buffer.concat([Buffer.from('a'), euro.subarray(0, 1)]), euro.subarray(1)],
        [Buffer.concat([Buffer.from('a'), euro.subarray(0, 2)]), euro.subarray(2)],
      ] as const) {
        outer.write(first, () => undefined);
        outer.setTitle('told');
        outer.write(rest, () => undefined);
        await shows(`${Buffer.concat([first, rest]).toString()}\x1b]2;told\x07`);
      }
      outer.write(euro, () => undefined);
      outer.setTitle('at once');
      await shows('€\x1b]2;at once\x07');
    } finally {
      await close();
      rmSync(folder, { recursive: true });
    }
  });
});

import assert from 'node:assert/strict';
import { chmodSync, readdirSync, renameSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { Holdfast } from './support/holdfast';

/** A place where nothing can be made; asking for it must not wait. */
const NOWHERE = '/proc/holdfast-nowhere';

describe('a place where no folder can be made', { skip: process.platform !== 'linux' }, () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  test('is refused at once as a data folder', async () => {
    const env = { HOLDFAST_DATA_DIR: NOWHERE };
    const error = await holdfast.refused(7, 'AUTH_FAILED', ['ls'], { env });
    assert.match(error.message, /can't be created/);
  });

  test('is refused at once as a runtime folder, and no daemon is left', async () => {
    const env = { HOLDFAST_SOCKET_DIR: NOWHERE };
    const error = await holdfast.refused(7, 'AUTH_FAILED', ['ls'], { env });
    assert.match(error.message, /can't be created/);
    assert.deepEqual(await holdfast.json(['daemon', 'status'], { env }), { running: false });
  });
});

describe('a runtime folder that has become open to others', { skip: process.platform === 'win32' }, () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  test('is refused before whoever listens there is told anything', async () => {
    await holdfast.create('kept', '--', 'cat');
    const folder = holdfast.env['HOLDFAST_SOCKET_DIR'] ?? assert.fail();
    const heard: string[] = [];
    const imposter = createServer((socket) => {
      heard.push('a connection');
      socket.destroy();
    });
    const name = readdirSync(folder).find((entry) => entry.startsWith('d-')) ?? assert.fail();
    const socket = path.join(folder, name);
    chmodSync(folder, 0o777);
    renameSync(socket, `${socket}.real`);
    try {
      await new Promise<void>((resolve) => imposter.listen(socket, resolve));
      for (const args of [['ls'], ['new', '--', 'cat'], ['attach', 'kept'], ['type', 'kept', 'secret']]) {
        const error = await holdfast.refused(7, 'AUTH_FAILED', args);
        assert.match(error.message, /is open to other users/);
      }
      assert.deepEqual(heard, []);
    } finally {
      imposter.close();
      renameSync(`${socket}.real`, socket);
      chmodSync(folder, 0o700);
    }
    assert.equal((await holdfast.sessions()).length, 1);
  });
});

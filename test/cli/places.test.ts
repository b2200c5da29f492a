import assert from 'node:assert/strict';
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

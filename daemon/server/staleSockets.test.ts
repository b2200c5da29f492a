import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { newSocketPath, PROBE_SOCKET } from '../platform/socketPath';
import { removeStaleSockets } from './staleSockets';

/** Binds a socket and dies by SIGKILL, as what leaves one behind does. */
const leaveBehind = (path: string): void => {
  const source = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  assert.equal(spawnSync(process.execPath, ['-e', source]).signal, 'SIGKILL');
};

const age = (path: string): void => utimesSync(path, new Date(0), new Date(0));

describe('sockets that were left behind', { skip: process.platform === 'win32' }, () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hf-ss-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('go when nobody listens any more; young, living and foreign ones stay', async () => {
    const [dead, deadHost, deadProbe, young, living] = [
      newSocketPath(folder, 'd-'),
      newSocketPath(folder, 'h-'),
      newSocketPath(folder, PROBE_SOCKET),
      newSocketPath(folder, 'd-'),
      newSocketPath(folder, 'd-'),
    ];
    const foreign = join(folder, 'other.sock');
    const file = join(folder, `d-${'a'.repeat(12)}.sock`);
    for (const path of [dead, deadHost, deadProbe, young, foreign]) {
      leaveBehind(path);
    }
    writeFileSync(file, 'no socket');
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(living, resolve);
    });
    for (const path of [dead, deadHost, deadProbe, living, foreign, file]) {
      age(path);
    }
    try {
      assert.deepEqual(
        [...(await removeStaleSockets(folder, ''))].sort(),
        [dead, deadHost, deadProbe].sort(),
      );
      assert.deepEqual(
        readdirSync(folder).sort(),
        [young, living, foreign, file].map((path) => basename(path)).sort(),
      );
    } finally {
      await new Promise((resolve) => {
        server.close(resolve);
      });
    }
  });
});
